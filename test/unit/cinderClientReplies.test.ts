import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import { pathOf, searchOf } from "../../provider/services/cinder/client/address.js";
import { isNotFound } from "../../provider/services/cinder/client/error.js";
import { parseFault, parseJson } from "../../provider/services/cinder/client/fault.js";
import { type Asked, failureOf, readValue } from "../../provider/services/cinder/client/judge.js";
import { pauseBefore } from "../../provider/services/cinder/client/retry.js";
import { Secrets } from "../../provider/services/cinder/client/secrets.js";
import type { NoReply, Reply } from "../../provider/services/cinder/client/transport.js";

const faults: [body: string, name: string | undefined, words: string][] = [
  [
    '{"itemNotFound":{"code":404,"message":"Volume x could not\\nbe found."}}',
    "itemNotFound",
    "Volume x could not be found.",
  ],
  ['{"error":{"code":401,"message":"No.","title":"Unauthorized"}}', "Unauthorized", "No."],
  [
    '{"message":"Gone.<br /><br />\\n&lt;here&gt;","code":"404 Not Found","title":"Not Found"}',
    undefined,
    "Gone. <here>",
  ],
  [
    "<html><head><title>502 Bad Gateway</title><style>x{}</style></head><body><h1>502 Bad Gateway</h1>nginx</body></html>",
    undefined,
    "502 Bad Gateway nginx",
  ],
  ["<!DOCTYPE html><title>Oops</title><p>Something &amp; more", undefined, "Oops Something & more"],
  ["upstream\u001b[31m down\n", undefined, "upstream [31m down"],
  ["", undefined, ""],
  ["x".repeat(400), undefined, `${"x".repeat(300)}…`],
];

for (const [body, name, words] of faults) {
  test(`fault in ${JSON.stringify(body.slice(0, 60))}`, () => {
    assert.deepEqual(parseFault(body), name === undefined ? { words } : { name, words });
  });
}

const secrets = new Secrets();
for (const secret of ["s3cret/'\"", "gAAAAtoken", "ab"]) secrets.add(secret);
const asked: Asked = {
  name: "POST /volumes",
  at: "http://h:8776/v3",
  changes: true,
  timeoutMs: 60_000,
  secrets,
  answers: [],
  service: "Cinder",
  loginAdvice: "Look at the user.",
};

function reply(status: number, body: string, more: Partial<Reply> = {}): Reply {
  return { kind: "reply", status, headers: {}, body, json: parseJson(body), ...more };
}

function none(code: string, sent: boolean, cause = new Error(`read ${code}`)): NoReply {
  return { kind: "none", code, sent, cause };
}

const fault = (name: string, message: string) => JSON.stringify({ [name]: { code: 0, message } });
const page = "<html><title>T</title><body>words</body></html>";
const failures: [what: string, Reply | NoReply, code: string, mayHaveHappened: boolean, message: RegExp][] = [
  [
    "an unknown id",
    reply(404, fault("itemNotFound", "No x.")),
    "SERVICE_REFUSED",
    false,
    /failed: No x \(HTTP 404 itemNotFound\)\.$/,
  ],
  [
    "a page for 404",
    reply(404, page),
    "SERVICE_UNFIT",
    false,
    /T words \(HTTP 404\)\. Is http:\/\/h:8776\/v3 the address of a Cinder\?/,
  ],
  [
    "a bad request",
    reply(400, fault("badRequest", "Size!")),
    "SERVICE_REFUSED",
    false,
    /Size! \(HTTP 400 badRequest\)/,
  ],
  [
    "a quota",
    reply(413, fault("overLimit", "Too many.")),
    "QUOTA_EXCEEDED",
    false,
    /Too many \(HTTP 413 overLimit\)\. Raise/,
  ],
  ["a proxy's limit", reply(413, page), "SERVICE_REFUSED", false, /T words \(HTTP 413\)/],
  [
    "credentials",
    reply(401, fault("error", "No.")),
    "AUTH_FAILED",
    false,
    /No \(HTTP 401 error\)\. Look at the user\./,
  ],
  ["a policy", reply(403, fault("forbidden", "Policy.")), "SERVICE_REFUSED", false, /Policy \(HTTP 403 forbidden\)/],
  [
    "later",
    reply(429, "slow", { headers: { "retry-after": "90" } }),
    "SERVICE_REFUSED",
    false,
    /slow \(HTTP 429\)\. Cinder asks to try again after: 90\./,
  ],
  [
    "Cinder's failure",
    reply(500, fault("computeFault", "Boom.")),
    "SERVICE_FAILED",
    true,
    /Boom \(HTTP 500 computeFault\)\. The service's logs/,
  ],
  ["a proxy's failure", reply(503, page), "SERVICE_FAILED", true, /T words \(HTTP 503\)/],
  ["a proxy's patience", reply(408, ""), "SERVICE_REFUSED", true, /it gave no reason \(HTTP 408\)/],
  [
    "no token",
    reply(204, "", { headers: { "x-server-management-url": "x" } }),
    "SERVICE_UNFIT",
    false,
    /as to a login.*Does a proxy drop X-Auth-Token\?/,
  ],
  ["204 to everything", reply(204, ""), "SERVICE_UNFIT", true, /its answer is empty/],
  [
    "elsewhere",
    reply(301, "", { headers: { location: "https://h/" } }),
    "SERVICE_UNFIT",
    false,
    /it points elsewhere to https:\/\/h\/ \(HTTP 301\)/,
  ],
  ["a page for JSON", reply(200, page), "SERVICE_UNFIT", true, /its answer is no JSON: "T words" \(HTTP 200\)/],
  [
    "a cut body",
    reply(202, '{"vol', { cut: "other side closed" }),
    "SERVICE_FAILED",
    true,
    /cut short \(other side closed\) after "\{"vol" \(HTTP 202\)/,
  ],
  [
    "nobody there",
    none("ECONNREFUSED", false),
    "SERVICE_UNREACHABLE",
    false,
    /^POST \/volumes at http:\/\/h:8776\/v3 failed: no connection: read ECONNREFUSED \(ECONNREFUSED\)\. Is the service running/,
  ],
  [
    "a lost reply",
    none("ECONNRESET", true),
    "SERVICE_UNREACHABLE",
    true,
    /the connection ended before the answer: read ECONNRESET/,
  ],
  [
    "no answer",
    none("UND_ERR_HEADERS_TIMEOUT", true),
    "SERVICE_UNREACHABLE",
    true,
    /no answer came within 60 s\. Raise requestTimeout/,
  ],
  [
    "a certificate",
    none("DEPTH_ZERO_SELF_SIGNED_CERT", false),
    "SERVICE_UNREACHABLE",
    false,
    /cannot be secured.*caCert \(OS_CACERT\)/,
  ],
  [
    "several addresses",
    none("ECONNREFUSED", false, new AggregateError([new Error("connect ::1"), new Error("connect 127.0.0.1")])),
    "SERVICE_UNREACHABLE",
    false,
    /no connection: connect ::1; connect 127\.0\.0\.1 \(ECONNREFUSED\)/,
  ],
];

for (const [what, outcome, code, mayHaveHappened, message] of failures) {
  test(`failure: ${what}`, () => {
    const error = failureOf(asked, outcome);
    assert.ok(error);
    assert.match(error.message, message);
    assert.deepEqual([error.code, error.mayHaveHappened], [code, mayHaveHappened]);
    assert.equal(failureOf({ ...asked, changes: false }, outcome)?.mayHaveHappened, false);
    assert.equal(isNotFound(error), what === "an unknown id");
  });
}

test("an error has the request's id and the service's words apart", () => {
  const headers = { "x-openstack-request-id": "req-1" };
  const error = failureOf(asked, reply(409, fault("conflictingRequest", "Busy."), { headers }));
  assert.equal(
    error?.message,
    "POST /volumes at http://h:8776/v3 failed: Busy (HTTP 409 conflictingRequest, request req-1).",
  );
  assert.deepEqual(
    [error.status, error.fault, error.detail, error.requestId],
    [409, "conflictingRequest", "Busy.", "req-1"],
  );
});

test("no secret comes out of an error, whatever the service says", () => {
  const words = `token gAAAAtoken, password s3cret/'" and ${encodeURIComponent("s3cret/'\"")}, absent`;
  const replies = [
    reply(401, fault("error", words)),
    reply(500, words, { headers: { "x-openstack-request-id": "gAAAAtoken" } }),
    reply(400, JSON.stringify({ gAAAAtoken: { message: "x" } })),
    reply(200, words),
    reply(302, "", { headers: { location: `http://h/?${words}` } }),
    none("ECONNRESET", true, new Error(words)),
  ];
  for (const outcome of replies) {
    const error = failureOf(asked, outcome);
    assert.ok(error);
    assert.doesNotMatch(`${error.stack} ${inspect(error, { depth: 9 })}`, /s3cret|gAAAA/);
  }
  assert.match(failureOf(asked, reply(400, fault("badRequest", words)))?.detail ?? "", /absent/);
});

test("a shape that is not Cinder's is told by its field", () => {
  const schema = z.object({ volume: z.object({ size: z.number() }) });
  assert.deepEqual(readValue(asked, reply(200, '{"volume":{"size":1,"name":"n"}}'), schema), { volume: { size: 1 } });
  assert.throws(() => readValue(asked, reply(200, '{"volume":{"size":"1"}}'), schema), {
    code: "SERVICE_UNFIT",
    mayHaveHappened: true,
    message: /volume\.size: Invalid input: expected number, received string/,
  });
  assert.throws(() => readValue(asked, reply(202, ""), schema), {
    code: "SERVICE_UNFIT",
    message: /its answer has no body/,
  });
  assert.equal(readValue(asked, reply(202, ""), z.unknown()), undefined);
});

const date = (ms: number) => new Date(ms).toUTCString();
const retries: [what: string, outcome: Reply | NoReply, reads: boolean, writes: boolean][] = [
  ["done", reply(200, "{}"), false, false],
  ["refused", reply(400, ""), false, false],
  ["credentials", reply(401, ""), false, false],
  ["a quota", reply(413, "", { headers: { "retry-after": "0" } }), false, false],
  ["later", reply(429, ""), true, true],
  ["much later", reply(429, "", { headers: { "retry-after": "61" } }), false, false],
  ["a date soon", reply(429, "", { headers: { "retry-after": date(20_000) } }), true, true],
  ["a date that is far", reply(429, "", { headers: { "retry-after": date(120_000) } }), false, false],
  ["500", reply(500, ""), true, false],
  ["502", reply(502, ""), true, false],
  ["503, later", reply(503, "", { headers: { "retry-after": "1" } }), true, false],
  ["501", reply(501, ""), false, false],
  ["cut", reply(200, "", { cut: "x" }), true, false],
  ["no connection", none("ECONNREFUSED", false), true, true],
  ["no connection in time", none("UND_ERR_CONNECT_TIMEOUT", false), true, true],
  ["a handshake that was reset", none("ECONNRESET", false), true, true],
  ["no such name", none("ENOTFOUND", false), false, false],
  ["a name server that is busy", none("EAI_AGAIN", false), true, true],
  ["a certificate", none("CERT_HAS_EXPIRED", false), false, false],
  ["a lost reply", none("ECONNRESET", true), true, false],
];

for (const [what, outcome, reads, writes] of retries) {
  test(`again: ${what}`, () => {
    const attempt = { outcome, count: 1, elapsedMs: 0, limitMs: 60_000, nowMs: 0 };
    assert.equal(pauseBefore({ ...attempt, repeatable: true }) !== undefined, reads);
    assert.equal(pauseBefore({ ...attempt, repeatable: false }) !== undefined, writes);
  });
}

test("attempts are few, with pauses that grow, and end with the time", () => {
  const attempt = { outcome: reply(503, ""), repeatable: true, elapsedMs: 0, limitMs: 60_000, nowMs: 0 };
  const pauses = [1, 2, 3, 4].map((count) => pauseBefore({ ...attempt, count }));
  for (const [index, ms] of [250, 800, 2_000].entries()) {
    const pause = pauses[index] ?? 0;
    assert.ok(pause >= ms * 0.75 && pause <= ms * 1.25, `${pause}`);
  }
  assert.equal(pauses[3], undefined);
  assert.equal(pauseBefore({ ...attempt, count: 1, elapsedMs: 59_900 }), undefined);
  const later = reply(429, "", { headers: { "retry-after": "7" } });
  assert.equal(pauseBefore({ ...attempt, outcome: later, count: 8 }), 7_000);
  assert.equal(pauseBefore({ ...attempt, outcome: later, count: 9 }), undefined);
});

test("what stands in a path cannot mean another path", () => {
  assert.equal(pathOf(["volumes", "a?b#c%2Fd", "ü", "a..b"]), "/volumes/a%3Fb%23c%252Fd/%C3%BC/a..b");
  for (const segment of ["", ".", "..", "a/b", "/", "\ud800"]) {
    assert.throws(() => pathOf(["volumes", segment]), { code: "INPUT_REFUSED" });
  }
});

test("a query leaves out what is undefined", () => {
  assert.equal(searchOf(), "");
  assert.equal(searchOf({ a: undefined }), "");
  assert.equal(searchOf({ id: "['a','b&c']", limit: 5, a: undefined }), "?id=%5B%27a%27%2C%27b%26c%27%5D&limit=5");
});
