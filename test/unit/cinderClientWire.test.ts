import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import test, { describe, type TestContext } from "node:test";
import { z } from "zod";
import { configure } from "../../provider/configuration.js";
import { type CinderClient, CinderError, cinderClient } from "../../provider/services/cinder/client/client.js";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const cinder = { versions: [{ id: "v3.0", version: "3.71", min_version: "3.0", links: [{ href: "http://wrong/" }] }] };
const anything = z.unknown();

/** A text as an answer, with a status. */
function says(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  const isText = typeof body === "string";
  return (_request, response) =>
    response
      .writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...headers })
      .end(isText ? body : JSON.stringify(body));
}

interface Wire {
  client: CinderClient;
  /** Each request, e.g. `GET /v3/volumes`. */
  seen: string[];
  headers: IncomingMessage["headers"][];
  port: number;
}

/** A server that says what it is told to: no Cinder, only what can stand or break between one and us. */
async function wire(
  context: TestContext,
  answer: (name: string, count: number) => Answer,
  config: Record<string, string> = {},
): Promise<Wire> {
  const seen: string[] = [];
  const headers: Wire["headers"] = [];
  const server = createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    seen.push(name);
    headers.push(request.headers);
    request.resume().on("end", () => answer(name, seen.filter((other) => other === name).length)(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { client: clientAt(`http://127.0.0.1:${port}`, config), seen, headers, port };
}

function clientAt(endpoint: string, config: Record<string, string> = {}): CinderClient {
  const all: Record<string, string> = { endpoint, requestTimeout: "10", authType: "noauth", ...config };
  configure((key) => all[key]);
  return cinderClient();
}

async function failureOf(call: Promise<unknown>): Promise<CinderError> {
  const error = await call.then(
    () => assert.fail("it did not fail"),
    (error) => error,
  );
  assert.ok(error instanceof CinderError, `${error}`);
  return error;
}

const found = (then: Answer) => (name: string) => (name === "GET /" ? says(300, cinder) : then);

test("every request carries token, version and what it accepts; the version is asked for once", async (context) => {
  const { client, seen, headers } = await wire(context, found(says(200, {})), { user: "u", project: "p" });
  await Promise.all([client.get(["a"], anything), client.get(["b"], anything, { limit: 1 }), client.delete(["c"])]);
  await client.post(["d"], { e: "ü" }, anything);
  assert.deepEqual(seen.toSorted(), ["DELETE /v3/c", "GET /", "GET /v3/a", "GET /v3/b?limit=1", "POST /v3/d"]);
  const last = headers.at(-1);
  assert.deepEqual(
    [last?.["x-auth-token"], last?.["openstack-api-version"], last?.accept, last?.["content-type"]],
    ["u:p", "volume 3.71", "application/json", "application/json"],
  );
});

test("the version is the newest that both know", async (context) => {
  for (const [theirs, spoken] of [
    ["3.67", "3.67"],
    ["3.70", "3.70"],
    ["3.99", "3.71"],
  ]) {
    const versions = [
      { id: "v2.0", version: "" },
      { ...cinder.versions[0], version: theirs },
    ];
    const answer = (name: string) => (name === "GET /" ? says(300, { versions }) : says(200, {}));
    const { client, headers } = await wire(context, answer);
    await client.get(["a"], anything);
    assert.equal(headers.at(-1)?.["openstack-api-version"], `volume ${spoken}`);
  }
});

const strangers: [what: string, answer: Answer, code: string, message: RegExp][] = [
  [
    "an old Cinder",
    says(300, { versions: [{ id: "v3.0", version: "3.59" }] }),
    "SERVICE_TOO_OLD",
    /newest microversion is 3\.59, blockbox needs 3\.67 \(Yoga\)/,
  ],
  [
    "a Cinder of the future",
    says(300, { versions: [{ id: "v3.0", version: "3.99", min_version: "3.80" }] }),
    "SERVICE_UNFIT",
    /oldest microversion is 3\.80.*newer pulumi-blockbox/,
  ],
  [
    "Nova",
    says(200, { versions: [{ id: "v2.0" }, { id: "v2.1", version: "2.96" }] }),
    "SERVICE_UNFIT",
    /no Cinder's \(v2\.0, v2\.1\)/,
  ],
  ["Keystone", says(300, { versions: { values: [] } }), "SERVICE_UNFIT", /versions: Invalid input: expected array/],
  [
    "a page",
    says(200, "<html><title>Hello</title></html>"),
    "SERVICE_UNFIT",
    /no JSON: "Hello" .*the address of a Cinder\?/,
  ],
  [
    "a page for 404",
    says(404, "<html><title>Nothing here</title></html>"),
    "SERVICE_UNFIT",
    /^GET \/ at http:\/\/127.*Nothing here \(HTTP 404\)/,
  ],
  ["204 to everything", says(204, ""), "SERVICE_UNFIT", /its answer is empty/],
  [
    "another address",
    says(301, "", { location: "https://elsewhere/" }),
    "SERVICE_UNFIT",
    /points elsewhere to https:\/\/elsewhere\//,
  ],
];

for (const [what, answer, code, message] of strangers) {
  test(`at the endpoint is ${what}`, async (context) => {
    const { client, seen } = await wire(context, () => answer);
    const error = await failureOf(client.post(["volumes"], {}, anything));
    assert.match(error.message, message);
    assert.deepEqual([error.code, error.mayHaveHappened], [code, false]);
    assert.ok(!seen.some((name) => name.startsWith("POST")), "nothing was sent to it");
  });
}

test("a proxy that only lets /v3 through is asked there, behind a path too", async (context) => {
  const answer = (name: string) => (name.startsWith("GET /volume/v3/") ? says(200, cinder) : says(404, "<html>"));
  const { port, seen } = await wire(context, answer);
  await clientAt(`http://127.0.0.1:${port}/volume/v3`).get(["a"], anything);
  assert.deepEqual(seen, ["GET /volume/", "GET /volume/v3/", "GET /volume/v3/a"]);
});

test("what fails while the version is asked for is asked for again by the next request", async (context) => {
  let isUp = false;
  const answer = (name: string) => (!isUp ? says(403, "no") : name === "GET /" ? says(300, cinder) : says(200, {}));
  const { client } = await wire(context, answer);
  assert.equal((await failureOf(client.get(["a"], anything))).code, "SERVICE_REFUSED");
  isUp = true;
  await client.get(["a"], anything);
});

const reset: Answer = (request) => request.socket.resetAndDestroy();
const close: Answer = (request) => request.socket.destroy();
const cut: Answer = (request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "999" }).write('{"volume": {');
  setTimeout(() => request.socket.destroy(), 50);
};
const cutUnseen = says(200, '{"volume": {', { "content-type": "application/json" });
const silent: Answer = () => undefined;

const breaks: [
  what: string,
  answer: Answer,
  code: string,
  message: RegExp,
  reads: number,
  config?: Record<string, string>,
][] = [
  ["a reset", reset, "SERVICE_UNREACHABLE", /the connection ended before the answer: .*\(ECONNRESET\)/, 4],
  ["a close", close, "SERVICE_UNREACHABLE", /the connection ended before the answer: other side closed/, 4],
  ["a cut body", cut, "SERVICE_FAILED", /cut short \(.*\) after "\{"volume": \{" \(HTTP 200\)/, 4],
  ["a cut body that looks whole", cutUnseen, "SERVICE_FAILED", /cut short \(it is no whole JSON\)/, 4],
  ["500", says(500, { computeFault: { message: "Boom" } }), "SERVICE_FAILED", /Boom \(HTTP 500 computeFault\)/, 4],
  ["503", says(503, "<html><title>Down</title>"), "SERVICE_FAILED", /Down \(HTTP 503\)/, 4],
  ["a page", says(200, "<html><title>Hi</title>"), "SERVICE_UNFIT", /no JSON: "Hi"/, 1],
  ["204", says(204, ""), "SERVICE_UNFIT", /empty/, 1],
  ["silence", silent, "SERVICE_UNREACHABLE", /no answer came within 0\.5 s/, 1, { requestTimeout: "0.5" }],
];

describe("what breaks on the way", { concurrency: true }, () => {
  for (const [what, answer, code, message, reads, config] of breaks) {
    test(`${what}: a read is tried ${reads} times, a change once, and may have happened`, async (context) => {
      const { client, seen } = await wire(context, found(answer), config);
      const calls = [client.get(["a"], anything), client.post(["b"], {}, anything), client.delete(["c"])];
      const [read, ...changes] = await Promise.all(calls.map(failureOf));
      for (const error of [read, ...changes]) {
        assert.equal(error?.code, code);
        assert.match(error?.message ?? "", message);
      }
      assert.deepEqual(
        [read, ...changes].map((error) => error?.mayHaveHappened),
        [false, true, true],
      );
      const times = (name: string) => seen.filter((other) => other === name).length;
      assert.deepEqual(["GET /v3/a", "POST /v3/b", "DELETE /v3/c"].map(times), [reads, 1, 1]);
    });
  }
});

test("a body that trickles for ever ends with the time", async (context) => {
  const trickle: Answer = (request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).write("[");
    const timer = setInterval(() => response.write(" "), 100);
    request.socket.on("close", () => clearInterval(timer));
  };
  const { client } = await wire(context, found(trickle), { requestTimeout: "1" });
  const begin = performance.now();
  assert.match((await failureOf(client.post(["a"], {}, anything))).message, /cut short \(it did not end in time\)/);
  assert.ok(performance.now() - begin < 3_000);
});

test("a change that was put off with 429 is sent again", async (context) => {
  const answer = (name: string, count: number) =>
    name === "GET /" ? says(300, cinder) : count < 3 ? says(429, "slow", { "retry-after": "0" }) : says(202, { a: 1 });
  const { client, seen } = await wire(context, answer);
  assert.deepEqual(await client.post(["a"], {}, anything), { a: 1 });
  assert.equal(seen.length, 4);
});

test("completing an attachment is answered with 204", async (context) => {
  const { client } = await wire(context, found(says(204, "")));
  assert.equal(await client.post(["attachments", "x", "action"], { "os-complete": null }, anything), undefined);
});

test("where nothing listens, a change has not happened, and the address is told", async (context) => {
  const { port } = await wire(context, () => silent);
  const closed = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const free = (server.address() as AddressInfo).port;
      server.close(() => resolve(free));
    });
  });
  assert.notEqual(closed, port);
  const error = await failureOf(clientAt(`http://127.0.0.1:${closed}`).post(["a"], {}, anything));
  assert.match(
    error.message,
    new RegExp(`no connection: connect ECONNREFUSED 127\\.0\\.0\\.1:${closed} \\(ECONNREFUSED\\)`),
  );
  assert.deepEqual([error.code, error.mayHaveHappened], ["SERVICE_UNREACHABLE", false]);
  const unknown = await failureOf(clientAt("http://no-such-host.invalid:8776").get(["a"], anything));
  assert.match(unknown.message, /no connection: getaddrinfo E(NOTFOUND|AI_AGAIN) no-such-host\.invalid/);
});

test("one client per service, whatever asks for it", async (context) => {
  const { client, port } = await wire(context, () => silent, { maxInFlight: "3", operationTimeout: "7" });
  assert.equal(cinderClient(), client);
  assert.notEqual(clientAt(`http://127.0.0.1:${port}`), client);
  assert.deepEqual([client.maxInFlight, client.operationTimeoutMs], [3, 7_000]);
  assert.deepEqual(await client.location(), { endpoint: `http://127.0.0.1:${port}/v3`, project: "admin" });
});

test("plain http to another host is warned of once", async (context) => {
  const said: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  context.mock.method(process.stdout, "write", (...args: Parameters<typeof write>) => {
    if (`${args[0]}`.includes("elsewhere.invalid")) return said.push(`${args[0]}`);
    return write(...args);
  });
  const client = clientAt("http://elsewhere.invalid:8776/v3", { requestTimeout: "0.3" });
  for (const id of ["a", "b"]) await client.get([id], anything).catch(() => undefined);
  context.mock.restoreAll();
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /^Requests to http:\/\/elsewhere\.invalid:8776 are not encrypted/);
});
