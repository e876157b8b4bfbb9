import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../support/cinder/certificate.js";
import type { Fault } from "../support/cinder/faults.js";
import type { CinderRig } from "../support/cinder/options.js";
import { type FaultProxy, startProxy } from "../support/cinder/proxy.js";
import { startCinder } from "../support/cinder/rig.js";

describe("the proxy before Cinder", () => {
  let rig: CinderRig;
  let proxy: FaultProxy;
  before(async () => {
    rig = await startCinder({ backends: ["faults"], quotas: { volumes: -1 } });
    proxy = await startProxy(rig.endpoint);
  });
  after(async () => {
    await proxy?.stop();
    await rig?.stop();
  });

  /** Makes a volume through the proxy: what the client was told, and how many volumes of that name there are then. */
  async function post(name: string): Promise<{ told: string; made: number }> {
    const told = await fetch(`${proxy.endpoint}/volumes`, {
      method: "POST",
      headers: { "x-auth-token": await rig.token(), "content-type": "application/json" },
      body: JSON.stringify({ volume: { size: 1, name } }),
    })
      .then(async (response) => `${response.status} ${(await response.text()).slice(0, 9)}`)
      .catch((error: Error) => `${error.message} ${(error.cause as NodeJS.ErrnoException | undefined)?.code}`);
    const { body } = await rig.call("GET", `/volumes?name=${name}`);
    return { told, made: (body as { volumes: unknown[] }).volumes.length };
  }

  const cases: [fault: Fault | undefined, told: RegExp, made: number][] = [
    [undefined, /^202 \{"volume"/, 1],
    [{ kind: "resetBefore" }, /^fetch failed (ECONNRESET|UND_ERR_SOCKET)/, 0],
    [{ kind: "resetAfter" }, /^fetch failed (ECONNRESET|UND_ERR_SOCKET)/, 1],
    [{ kind: "answer", status: 503 }, /^503 \{"compute/, 0],
    [{ kind: "answerAfter", status: 500 }, /^500 \{"compute/, 1],
    [{ kind: "stall", ms: 300 }, /^202 \{"volume"/, 1],
    [{ kind: "cutBody" }, /^terminated/, 1],
    [{ kind: "html" }, /^200 <!doctype/, 0],
    [{ kind: "managementUrl" }, /^204 $/, 0],
    [{ kind: "change", change: (answer) => Object.assign(answer, { status: 418 }) }, /^418 \{"volume"/, 1],
  ];
  for (const [fault, told, made] of cases) {
    const name = fault?.kind ?? "none";
    it(`${name}: the client is told ${told}, ${made} made`, async () => {
      proxy.mend();
      proxy.journal.clear();
      if (fault) proxy.break({ method: "POST", path: /\/volumes$/, fault });
      const result = await post(name);
      assert.match(result.told, told);
      assert.equal(result.made, made);
      const [recorded] = proxy.journal.writes();
      assert.equal(recorded?.serviceStatus, made === 1 ? 202 : undefined);
      if (made === 1) assert.match(recorded?.requestId ?? "", /^req-/);
      assert.equal(JSON.parse(recorded?.body ?? "").volume.name, name);
    });
  }

  it("a rule for the second and third request only, with Retry-After", async () => {
    proxy.mend();
    const rule = proxy.break({ from: 2, times: 2, fault: { kind: "answer", status: 429, retryAfter: "7" } });
    const answers: (string | null)[] = [];
    for (let index = 0; index < 4; index += 1) {
      const response = await fetch(`${proxy.endpoint}/`, { headers: { "x-auth-token": await rig.token() } });
      await response.text();
      answers.push(response.headers.get("retry-after"));
    }
    assert.deepEqual(answers, [null, "7", "7", null]);
    assert.equal(rule.matched, 4);
  });

  it("links in the discovery lead back to the proxy", async () => {
    proxy.mend();
    const text = await (await fetch(new URL("/", proxy.endpoint))).text();
    assert.ok(text.includes(proxy.endpoint), text);
  });

  it("speaks TLS with a certificate of an authority of its own", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bbt-tls-"));
    try {
      const { ca, ...pair } = await makeCertificate(folder);
      await using secure = await startProxy(rig.endpoint, pair);
      const authority = await readFile(ca);
      const status = await new Promise((resolve, reject) => {
        request(new URL("/healthcheck", secure.endpoint), { ca: authority, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end();
      });
      assert.equal(status, 200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
