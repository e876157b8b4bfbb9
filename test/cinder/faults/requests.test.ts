import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { chains, type Link } from "../../support/cinder/chains.js";
import type { Fault, Rule } from "../../support/cinder/faults.js";
import { assertOnlyState } from "../../support/cinder/onlyState.js";
import { type FaultProxy, startProxy } from "../../support/cinder/proxy.js";
import { rigFor } from "../../support/cinder/rigFor.js";
import { Stage } from "../../support/cinder/stage.js";
import { until } from "../../support/until.js";

interface Mishap {
  name: string;
  fault: Fault;
  /** How often; always, unless said. */
  times?: number;
  /** Whether the run goes well all the same; nothing: that depends on the request. */
  well?: boolean;
  /** What the user is told if not. */
  says: RegExp;
  settings?: Record<string, string>;
}

/** What to do, as each message has to say. */
const advice = /[Rr]un again|Raise requestTimeout|Is http\S+ the address|Does a proxy drop|asks to try again/;

const lost = /the connection ended before the answer|the answer was cut short/;
const mishaps: Mishap[] = [
  {
    name: "a request that comes late",
    fault: { kind: "late", ms: 10_000 },
    times: 1,
    says: /no answer came within 4 s/,
    settings: { requestTimeout: "4" },
  },
  {
    name: "an answer that comes late",
    fault: { kind: "stall", ms: 7_000 },
    times: 1,
    says: /no answer came within 4 s/,
    settings: { requestTimeout: "4" },
  },
  { name: "a reset before, once", fault: { kind: "resetBefore" }, times: 1, says: lost },
  { name: "a reset before, always", fault: { kind: "resetBefore" }, well: false, says: lost },
  { name: "a reset after, always", fault: { kind: "resetAfter" }, says: lost },
  { name: "500 before, always", fault: { kind: "answer", status: 500 }, well: false, says: /HTTP 500/ },
  { name: "503 before, once", fault: { kind: "answer", status: 503 }, times: 1, says: /HTTP 503/ },
  { name: "500 after, always", fault: { kind: "answerAfter", status: 500 }, says: /HTTP 500/ },
  { name: "503 after, once", fault: { kind: "answerAfter", status: 503 }, times: 1, says: /HTTP 503/ },
  {
    name: "429 with Retry-After, once",
    fault: { kind: "answer", status: 429, retryAfter: "1" },
    times: 1,
    well: true,
    says: /./,
  },
  {
    name: "429 with Retry-After, always",
    fault: { kind: "answer", status: 429, retryAfter: "2" },
    well: false,
    says: /HTTP 429.*asks to try again after: 2/,
    settings: { requestTimeout: "5" },
  },
  { name: "a cut body, always", fault: { kind: "cutBody" }, says: lost },
  { name: "a page for JSON, always", fault: { kind: "html" }, says: /no JSON|shape/ },
  {
    name: "204 with X-Server-Management-Url, always",
    fault: { kind: "managementUrl" },
    well: false,
    says: /answered as to a login/,
  },
];

describe("each changing request, and each way in which it can go wrong", () => {
  const { rig, raw } = rigFor({ backends: ["faults"], quotas: { volumes: -1, snapshots: -1, gigabytes: -1 } });
  const types = { one: "", other: "" };
  before(async () => {
    types.one = await raw().type("faults", { multiattach: "<is> True" });
    types.other = await raw().type("faults", { multiattach: "<is> True", "bbt:other": "yes" });
  });

  describe("so", { concurrency: 8 }, () => {
    for (const mishap of mishaps) {
      for (const [index, { name }] of chains(types, "").entries()) {
        it(`${name}: ${mishap.name}`, { timeout: 240_000 }, async (t) => {
          await using proxy = await startProxy(rig().endpoint);
          const stage = new Stage(rig(), { endpoint: proxy.endpoint, settings: mishap.settings ?? {} });
          let isDone = false;
          t.after(async () => {
            await stage.deployment.release();
            if (!isDone) t.diagnostic(stage.deployment.stderr);
          });
          const chain = chains(types, stage.project.named("pool"))[index];
          assert.ok(chain);
          await stage.deployment.keep();
          await stage.run(chain.start);
          for (const link of chain.links) {
            if (link.isWay) await stage.run(link.to);
            else await survives(stage, proxy, link, mishap);
          }
          await stage.untilNoMarks();
          await stage.run([]);
          await assertOnlyState(stage.project, stage.deployment);
          isDone = true;
        });
      }
    }
  });

  it("leaves nothing on the backend", async () => {
    assert.deepEqual(await readdir(rig().filesOf("faults")), []);
  });
});

/** Makes a change whose request goes wrong, and once it does not any more the same again. */
async function survives(stage: Stage, proxy: FaultProxy, link: Link, mishap: Mishap): Promise<void> {
  const { deployment, project } = stage;
  const rule: Rule = { ...link.broken, fault: mishap.fault, ...(mishap.times ? { times: mishap.times } : {}) };
  const broken = proxy.break(rule);
  const told = await stage.told(link.to);
  assert.ok(broken.matched > 0, `${link.name} was not made: ${told?.message}`);
  proxy.mend();
  if (mishap.well !== undefined) assert.equal(told === undefined, mishap.well, told?.message);
  if (told) {
    assert.match(told.message, mishap.says, link.name);
    assert.match(told.message, advice, link.name);
  }
  const unanswered = () => proxy.journal.matching(rule.method, rule.path).some((one) => isPending(one, mishap));
  await until("a late request has come to its end", () => !unanswered());
  // What came late has a mark, and no state knows of it yet.
  if (!link.makes || mishap.fault.kind !== "late")
    await assertOnlyState(project, deployment, told ? "nothing more" : "all whole");

  if (told && link.makes) await stage.renew();
  if (told) await stage.run(link.to);
  await assertOnlyState(project, deployment);
  for (const { op } of await deployment.preview(link.to)) assert.equal(op, "same", link.name);
}

function isPending({ serviceStatus }: { serviceStatus?: number }, { fault }: Mishap): boolean {
  return fault.kind === "late" && serviceStatus === undefined;
}
