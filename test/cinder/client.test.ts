import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { z } from "zod";
import { configure } from "../../provider/configuration.js";
import { BlockboxError } from "../../provider/errors.js";
import {
  type CinderClient,
  type CinderError,
  cinderClient,
  isNotFound,
} from "../../provider/services/cinder/client/client.js";
import { makeCertificate } from "../support/cinder/certificate.js";
import type { Answer, Rule } from "../support/cinder/faults.js";
import type { Keystone } from "../support/cinder/keystone.js";
import type { CinderRig } from "../support/cinder/options.js";
import { type Proxy as FaultProxy, startProxy } from "../support/cinder/proxy.js";
import { startCinder } from "../support/cinder/rig.js";
import { until } from "../support/until.js";

const volume = z.object({
  volume: z.object({ id: z.string(), name: z.string(), size: z.number(), status: z.string() }),
});
const volumes = z.object({ volumes: z.array(z.object({ id: z.string(), name: z.string() })) });
const anything = z.unknown();

const folder = mkdtempSync(join(tmpdir(), "bbt-client-"));
for (const name of Object.keys(process.env)) if (/^(OS_|CINDER)/.test(name)) delete process.env[name];
after(() => rmSync(folder, { recursive: true }));

/** A client of its own: no two configurations of this file are alike. */
let count = 0;
function clientOf(config: Record<string, string>, cloud?: string): CinderClient {
  count += 1;
  const all: Record<string, string> = { operationTimeout: `${600 + count}`, ...config };
  configure((key) => all[key]);
  return cinderClient(cloud);
}

async function errorOf(call: Promise<unknown>): Promise<BlockboxError & Partial<CinderError>> {
  const error = await call.then(
    () => assert.fail("it did not fail"),
    (error) => error,
  );
  assert.ok(BlockboxError.is(error), `${inspect(error)}`);
  return error;
}

function statusOf(client: CinderClient, id: string): Promise<string> {
  return client.get(["volumes", id], volume).then(
    (found) => found.volume.status,
    (error) => (isNotFound(error) ? "gone" : Promise.reject(error)),
  );
}

describe("a Cinder without Keystone", () => {
  let rig: CinderRig;
  let proxy: FaultProxy;
  before(async () => {
    rig = await startCinder();
    proxy = await startProxy(rig.endpoint);
  });
  after(async () => {
    await proxy?.stop();
    await rig?.stop();
  });
  afterEach(() => {
    proxy.mend();
    proxy.journal.clear();
  });

  const client = (config: Record<string, string> = {}) =>
    clientOf({ endpoint: proxy.endpoint, project: rig.project, requestTimeout: "10", ...config });

  it("a volume's life", async () => {
    const it = client();
    assert.deepEqual(await it.location(), { endpoint: proxy.endpoint, project: rig.project });
    const made = (await it.post(["volumes"], { volume: { size: 1, name: "ü" } }, volume)).volume;
    await until("available", async () => (await statusOf(it, made.id)) === "available");
    const extend = { "os-extend": { new_size: 2 } };
    assert.equal(await it.post(["volumes", made.id, "action"], extend, anything), undefined);
    await until("grown", async () => (await it.get(["volumes", made.id], volume)).volume.size === 2);
    assert.equal((await it.put(["volumes", made.id], { volume: { name: "b" } }, volume)).volume.name, "b");
    const listed = await it.get(["volumes", "detail"], volumes, { limit: 5, id: `['${made.id}']` });
    assert.deepEqual(
      listed.volumes.map(({ name }) => name),
      ["b"],
    );
    await until("quiet", async () => (await statusOf(it, made.id)) === "available");
    await it.delete(["volumes", made.id]);
    await until("gone", async () => (await statusOf(it, made.id)) === "gone");
  });

  it("a request says who it is and what it speaks; nothing is asked twice", async () => {
    const it = client();
    await Promise.all([it.get(["volumes"], volumes), it.get(["types"], anything), it.get(["limits"], anything)]);
    assert.equal(proxy.journal.count("GET", /^\/$/), 1);
    const [request] = proxy.journal.matching("GET", /\/volumes$/);
    assert.equal(request?.headers["x-auth-token"], `admin:${rig.project}`);
    assert.equal(request?.headers["openstack-api-version"], "volume 3.71");
  });

  it("a project that is no hexadecimal number is a project of its own", async () => {
    const mine = client({ project: "myproject", user: "bubba" });
    const made = (await mine.post(["volumes"], { volume: { size: 1, name: "mine" } }, volume)).volume;
    assert.deepEqual(
      (await mine.get(["volumes"], volumes)).volumes.map(({ id }) => id),
      [made.id],
    );
    assert.deepEqual((await client({ project: "other" }).get(["volumes"], volumes)).volumes, []);
    await until("available", async () => (await statusOf(mine, made.id)) === "available");
    await mine.delete(["volumes", made.id]);
    await until("gone", async () => (await statusOf(mine, made.id)) === "gone");
  });

  it("an attachment is completed and deleted", async () => {
    const it = client();
    const { id } = (await it.post(["volumes"], { volume: { size: 1, name: "attached" } }, volume)).volume;
    await until("available", async () => (await statusOf(it, id)) === "available");
    const connector = { host: "h", initiator: "iqn.2026-01.org.example:h", ip: "127.0.0.1", platform: "x86_64" };
    const schema = z.object({ attachment: z.object({ id: z.string() }) });
    const body = { attachment: { volume_uuid: id, connector: { ...connector, os_type: "linux", multipath: false } } };
    const { attachment } = await it.post(["attachments"], body, schema);
    await it.post(["attachments", attachment.id, "action"], { "os-complete": {} }, anything);
    assert.equal(await statusOf(it, id), "in-use");
    await it.delete(["attachments", attachment.id]);
    await until("available", async () => (await statusOf(it, id)) === "available");
    await it.delete(["volumes", id]);
    await until("gone", async () => (await statusOf(it, id)) === "gone");
  });

  const refusals: [what: string, call: (it: CinderClient) => Promise<unknown>, code: string, message: RegExp][] = [
    [
      "an unknown id",
      (it) => it.get(["volumes", "nope"], volume),
      "SERVICE_REFUSED",
      /^GET \/volumes\/nope at http.*Volume nope could not be found \(HTTP 404 itemNotFound, request req-/,
    ],
    [
      "an unknown path",
      (it) => it.get(["nope"], volume),
      "SERVICE_UNFIT",
      /The resource could not be found \(HTTP 404, request req-/,
    ],
    [
      "a wrong body",
      (it) => it.post(["volumes"], { volume: { size: 0 } }, volume),
      "SERVICE_REFUSED",
      /0 is less than the minimum of 1 \(HTTP 400 badRequest/,
    ],
    [
      "a quota",
      (it) => it.post(["volumes"], { volume: { size: 9_999 } }, volume),
      "QUOTA_EXCEEDED",
      /Requested 9999G, quota is 1000G.*\(HTTP 413 overLimit.*Raise/,
    ],
    ["another shape", (it) => it.get(["volumes"], volume), "SERVICE_UNFIT", /: volume: Invalid input: expected object/],
  ];
  for (const [what, call, code, message] of refusals) {
    it(`an error in the service's words: ${what}`, async () => {
      const error = await errorOf(call(client()));
      assert.match(error.message, message);
      assert.equal(error.code, code);
      assert.equal(isNotFound(error), what === "an unknown id");
    });
  }

  const faults: [what: string, fault: Rule["fault"], code: string, happened: boolean][] = [
    ["the reply is lost", { kind: "resetAfter" }, "SERVICE_UNREACHABLE", true],
    ["the connection is reset", { kind: "resetBefore" }, "SERVICE_UNREACHABLE", false],
    ["the reply is cut", { kind: "cutBody" }, "SERVICE_FAILED", true],
    ["the reply is replaced", { kind: "answerAfter", status: 502 }, "SERVICE_FAILED", true],
    ["503 instead", { kind: "answer", status: 503, retryAfter: "0" }, "SERVICE_FAILED", false],
    ["the reply is late", { kind: "stall", ms: 4_000 }, "SERVICE_UNREACHABLE", true],
    ["a page instead", { kind: "html" }, "SERVICE_UNFIT", false],
  ];
  for (const [what, fault, code, happened] of faults) {
    it(`a create is sent once, and may have happened: ${what}`, async () => {
      const it = client({ project: `fault-${code}-${fault.kind}`, requestTimeout: "1.5" });
      await it.get(["volumes"], volumes);
      proxy.break({ method: "POST", fault });
      const error = await errorOf(it.post(["volumes"], { volume: { size: 1, name: "lost" } }, volume));
      assert.deepEqual([error.code, error.mayHaveHappened], [code, true], error.message);
      assert.equal(proxy.journal.count("POST"), 1);
      proxy.mend();
      const found = async () => (await it.get(["volumes"], volumes)).volumes;
      assert.equal((await found()).length, happened ? 1 : 0);
      for (const { id } of await found()) {
        await until("available", async () => (await statusOf(it, id)) === "available");
        await it.delete(["volumes", id]);
        await until("gone", async () => (await statusOf(it, id)) === "gone");
      }
    });
  }

  it("a create that was put off is sent again, and made once", async () => {
    const it = client({ project: "put-off" });
    proxy.break({ method: "POST", times: 2, fault: { kind: "answer", status: 429, retryAfter: "1" } });
    const made = (await it.post(["volumes"], { volume: { size: 1, name: "later" } }, volume)).volume;
    assert.equal(proxy.journal.count("POST"), 3);
    assert.equal((await it.get(["volumes"], volumes)).volumes.length, 1);
    await until("available", async () => (await statusOf(it, made.id)) === "available");
    await it.delete(["volumes", made.id]);
    await until("gone", async () => (await statusOf(it, made.id)) === "gone");
  });

  for (const fault of [
    { kind: "resetBefore" },
    { kind: "resetAfter" },
    { kind: "cutBody" },
    { kind: "answer", status: 503 },
    { kind: "answer", status: 429, retryAfter: "1" },
  ] satisfies Rule["fault"][]) {
    it(`a read is tried again: ${fault.kind}`, async () => {
      const it = client();
      await it.get(["volumes"], volumes);
      proxy.break({ method: "GET", times: 2, fault });
      await it.get(["types"], anything);
      assert.equal(proxy.journal.count("GET", /\/types$/), 3);
    });
  }

  it("the answer to a lost token is believed by nobody, not for a delete either", async () => {
    const it = client();
    await it.get(["volumes"], volumes);
    proxy.break({ fault: { kind: "managementUrl" } });
    const calls = [
      it.get(["volumes"], volumes),
      it.delete(["volumes", "x"]),
      it.post(["volumes", "x", "action"], {}, anything),
    ];
    for (const call of calls) {
      const error = await errorOf(call);
      assert.match(error.message, /the token was lost on the way \(HTTP 204\)/);
      assert.deepEqual([error.code, error.mayHaveHappened], ["SERVICE_UNFIT", false]);
    }
  });

  it("connections are bounded, and kept", async () => {
    const it = client({ maxInFlight: "2" });
    await it.get(["volumes"], volumes);
    proxy.break({ fault: { kind: "stall", ms: 100 } });
    const begin = performance.now();
    await Promise.all(Array.from({ length: 18 }, () => it.get(["volumes"], volumes)));
    assert.ok(performance.now() - begin >= 300, "18 reads over at most 6 connections take three rounds");
  });

  it("https: the authority is given, or nothing is trusted, or all", async () => {
    const { ca, ...own } = await makeCertificate(folder);
    await using secure = await startProxy(rig.endpoint, own);
    const at = (config: Record<string, string>) => client({ endpoint: secure.endpoint, ...config });
    await at({ caCert: ca }).get(["volumes"], volumes);
    await at({ insecure: "true" }).get(["volumes"], volumes);
    const untrusted = await errorOf(at({}).post(["volumes"], { volume: { size: 1 } }, volume));
    assert.match(untrusted.message, /cannot be secured: .*Give the authority that signed its certificate as caCert/);
    assert.deepEqual([untrusted.code, untrusted.mayHaveHappened], ["SERVICE_UNREACHABLE", false]);
    const named = at({ caCert: ca, endpoint: secure.endpoint.replace("127.0.0.1", "localhost") });
    assert.match((await errorOf(named.get(["volumes"], volumes))).message, /cannot be secured: .*localhost/);
    const plain = at({ endpoint: secure.endpoint.replace("https", "http") });
    assert.equal((await errorOf(plain.get(["volumes"], volumes))).code, "SERVICE_UNREACHABLE");
    const wrong = at({ endpoint: rig.endpoint.replace("http", "https") });
    assert.match((await errorOf(wrong.get(["volumes"], volumes))).message, /cannot be secured/);
    assert.deepEqual(secure.journal.writes(), []);
  });
});

describe("a Cinder with Keystone", () => {
  let rig: CinderRig;
  let keystone: Keystone;
  let login: FaultProxy;
  let proxy: FaultProxy;
  let usual: Record<string, string>;
  before(async () => {
    rig = await startCinder({ auth: "keystone" });
    keystone = rig.keystone as Keystone;
    login = await startProxy(keystone.url);
    proxy = await startProxy(rig.endpoint);
    await keystone.offerBlockStorage(`${proxy.endpoint}/%(project_id)s`);
    const { user, password, project } = keystone.member;
    usual = { authUrl: login.endpoint, username: user, password, projectName: project };
  });
  after(async () => {
    await login?.stop();
    await proxy?.stop();
    await rig?.stop();
  });
  afterEach(() => {
    login.mend();
    login.journal.clear();
    proxy.journal.clear();
  });

  const logins = () => login.journal.count("POST", /\/auth\/tokens$/);
  const token = () => `${proxy.journal.requests.at(-1)?.headers["x-auth-token"]}`;

  it("by password: location from token and catalogue, one login for all", async () => {
    const it = clientOf(usual);
    assert.deepEqual(await it.location(), { endpoint: proxy.endpoint, project: keystone.member.projectId });
    await Promise.all(Array.from({ length: 8 }, () => it.get(["volumes"], volumes)));
    assert.equal(logins(), 1);
    assert.match(`${proxy.journal.requests.at(-1)?.path}`, /\/v3\/volumes$/);
    const { id } = (await it.post(["volumes"], { volume: { size: 1, name: "k" } }, volume)).volume;
    await until("available", async () => (await statusOf(it, id)) === "available");
    await it.delete(["volumes", id]);
    await until("gone", async () => (await statusOf(it, id)) === "gone");
  });

  it("by application credential, by clouds.yaml, by the environment", async () => {
    const { id, secret } = await keystone.applicationCredential("blockbox");
    const byCredential = { authUrl: keystone.url, applicationCredentialId: id, applicationCredentialSecret: secret };
    assert.equal((await clientOf(byCredential).location()).project, keystone.member.projectId);
    await clientOf(byCredential).get(["volumes"], volumes);

    const { user, password, project } = keystone.member;
    const names = {
      username: user,
      password,
      project_name: project,
      user_domain_id: "default",
      project_domain_id: "default",
    };
    const clouds = { member: { auth: { auth_url: keystone.url, ...names }, region_name: "RegionOne" } };
    process.env.OS_CLIENT_CONFIG_FILE = join(folder, "clouds.yaml");
    writeFileSync(process.env.OS_CLIENT_CONFIG_FILE, JSON.stringify({ clouds }));
    await clientOf({ cloud: "member" }).get(["volumes"], volumes);
    await clientOf({ endpoint: "http://127.0.0.1:1" }, "member").get(["volumes"], volumes);

    const openrc = { OS_AUTH_URL: keystone.url, OS_USERNAME: user, OS_PASSWORD: password, OS_PROJECT_NAME: project };
    Object.assign(process.env, openrc);
    await clientOf({}).get(["volumes"], volumes);
    for (const name of Object.keys(openrc)) delete process.env[name];
  });

  it("a token that is refused is renewed once, for all that need it, and a change is made once", async () => {
    const it = clientOf(usual);
    // Cinder remembers for five minutes that a token is good: it must not have seen this one.
    const granted: string[] = [];
    const change = ({ headers }: Answer) => granted.push(`${headers["x-subject-token"]}`);
    login.break({ fault: { kind: "change", change } });
    await it.location();
    await keystone.revoke(`${granted[0]}`);
    const create = it.post(["volumes"], { volume: { size: 1, name: "once" } }, volume);
    await Promise.all([create, ...Array.from({ length: 12 }, () => it.get(["volumes"], volumes))]);
    assert.equal(logins(), 2);
    const { id, name } = (await create).volume;
    assert.deepEqual((await it.get(["volumes"], volumes)).volumes, [{ id, name }]);
    await until("available", async () => (await statusOf(it, id)) === "available");
    await it.delete(["volumes", id]);
    await until("gone", async () => (await statusOf(it, id)) === "gone");
  });

  it("what is refused says what to do, and holds no secret", async () => {
    const password = "not-the-password";
    const wrong = { ...usual, password };
    const calls: [() => Promise<unknown>, string, RegExp][] = [
      [
        () => clientOf(wrong).get(["volumes"], volumes),
        "AUTH_FAILED",
        /^POST \/auth\/tokens at http.*requires authentication \(HTTP 401 Unauthorized.*Look at the user/,
      ],
      [
        () => clientOf({ ...wrong, authUrl: "http://127.0.0.1:1" }).location(),
        "SERVICE_UNREACHABLE",
        /POST \/auth\/tokens at http:\/\/127\.0\.0\.1:1\/v3 failed: no connection/,
      ],
      [
        () => clientOf({ ...wrong, authUrl: keystone.url.replace("/v3", "/nothing") }).location(),
        "SERVICE_UNFIT",
        /Is http.* the address of a Keystone\?/,
      ],
      [
        () => clientOf({ ...usual, region: "x" }).location(),
        "CONFIG_INVALID",
        /no public endpoint .* in the region x\. It has: block-storage public in RegionOne/,
      ],
      [() => clientOf({ ...usual, projectName: "x" }).location(), "AUTH_FAILED", /Look at the user/],
      [
        () => clientOf({ ...usual, endpoint: keystone.url }).get(["volumes"], volumes),
        "SERVICE_UNFIT",
        /the address of a Cinder/,
      ],
      [
        () => clientOf({ endpoint: proxy.endpoint }).get(["volumes"], volumes),
        "AUTH_FAILED",
        /This Cinder wants credentials of Keystone: set authUrl/,
      ],
    ];
    for (const [call, code, message] of calls) {
      const error = await errorOf(call());
      assert.match(error.message, message);
      assert.equal(error.code, code);
      assert.ok(!`${error.stack} ${inspect(error, { depth: 9 })}`.includes(password));
    }
  });

  it("a service that repeats what it was told is not repeated", async () => {
    const it = clientOf(usual);
    await it.get(["volumes"], volumes);
    const secret = token();
    proxy.break({
      method: "GET",
      fault: {
        kind: "change",
        change: (answer, { headers }) => {
          answer.status = 400;
          answer.body = Buffer.from(JSON.stringify({ badRequest: { message: `${headers["x-auth-token"]} is odd` } }));
        },
      },
    });
    const error = await errorOf(it.get(["volumes"], volumes));
    proxy.mend();
    assert.match(error.message, /\[secret\] is odd/);
    assert.ok(!inspect(error, { depth: 9 }).includes(secret));
  });

  it("credentials of Keystone are not taken to a Cinder that would make a project of the token", async () => {
    const open = await startCinder();
    try {
      const error = await errorOf(clientOf({ ...usual, endpoint: open.endpoint }).get(["volumes"], volumes));
      assert.match(error.message, /runs without Keystone, but the configuration logs in at one\. Set authType/);
      assert.equal(error.code, "CONFIG_INVALID");
    } finally {
      await open.stop();
    }
  });

  it("a token is renewed before it ends", async () => {
    const it = clientOf(usual);
    // Keystone's own answer, but for when the token ends.
    const change = (answer: Answer) => {
      const reply = JSON.parse(answer.body.toString()) as { token: { issued_at: string; expires_at: string } };
      reply.token.expires_at = new Date(Date.parse(reply.token.issued_at) + 2_000).toISOString();
      answer.body = Buffer.from(JSON.stringify(reply));
    };
    login.break({ fault: { kind: "change", change } });
    await it.get(["volumes"], volumes);
    await it.get(["volumes"], volumes);
    assert.equal(logins(), 1);
    await sleep(1_600);
    await it.get(["volumes"], volumes);
    assert.equal(logins(), 2);
    assert.deepEqual(
      proxy.journal.requests.filter(({ status }) => status === 401).map(({ path }) => path),
      ["/v3/"],
    );
  });
});
