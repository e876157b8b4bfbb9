import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Fault } from "../../support/cinder/faults.js";
import { assertOnlyState } from "../../support/cinder/onlyState.js";
import { volume } from "../../support/cinder/programs.js";
import { type FaultProxy, startProxy } from "../../support/cinder/proxy.js";
import { rigFor } from "../../support/cinder/rigFor.js";
import { Stage } from "../../support/cinder/stage.js";

describe("requests that only read, and a real stall", () => {
  const { rig, raw } = rigFor({ backends: ["faults"], quotas: { volumes: -1, snapshots: -1, gigabytes: -1 } });
  let type = "";
  before(async () => {
    type = await raw().type("faults");
  });
  const v = (name: string) => volume({ volumeType: type }, name);

  async function withStage(body: (stage: Stage, proxy: FaultProxy) => Promise<void>): Promise<void> {
    await using proxy = await startProxy(rig().endpoint);
    const stage = new Stage(rig(), { endpoint: proxy.endpoint });
    await stage.deployment.keep();
    try {
      await body(stage, proxy);
      proxy.mend();
      await stage.renew();
      await stage.run([]);
      await assertOnlyState(stage.project, stage.deployment);
    } finally {
      await stage.deployment.release();
    }
  }

  const faults: [name: string, fault: Fault, isPassing: boolean][] = [
    ["a reset", { kind: "resetBefore" }, true],
    ["503", { kind: "answer", status: 503 }, true],
    ["429", { kind: "answer", status: 429, retryAfter: "1" }, true],
    ["a cut body", { kind: "cutBody" }, true],
    ["a page", { kind: "html" }, false],
    ["204 with X-Server-Management-Url", { kind: "managementUrl" }, false],
  ];

  describe("so", { concurrency: 6 }, () => {
    for (const [name, fault, isPassing] of faults) {
      it(`${name}: a list of a refresh fails and the state stays; a poll during a create`, { timeout: 120_000 }, () =>
        withStage(async (stage, proxy) => {
          const names = ["v", "w", "x", "y"];
          await stage.run(names.map(v));
          const broken = proxy.break({ method: "GET", path: /\/v3\/volumes/, fault });
          await assert.rejects(stage.deployment.refresh(), /GET \/volumes/);
          assert.ok(broken.matched > 0);
          assert.deepEqual([...stage.deployment.state.keys()], names);
          proxy.mend();
          assert.deepEqual(await stage.deployment.refresh(), []);

          // One poll of the wait fails.
          const poll = proxy.break({ method: "GET", path: /\/v3\/volumes\/[0-9a-f-]{36}$/, times: 1, fault });
          const told = await stage.told([...names, "z"].map(v));
          assert.ok(poll.matched > 0);
          assert.equal(told === undefined, isPassing, told?.message);
          // What was begun keeps its id.
          assert.deepEqual([...stage.deployment.state.keys()], [...names, "z"]);
          await assertOnlyState(stage.project, stage.deployment, "all");
          proxy.mend();
          await stage.renew();
          await stage.run([...names, "z"].map(v));
          await assertOnlyState(stage.project, stage.deployment);
        }),
      );
    }

    it("40 s without an answer to a create", { timeout: 180_000 }, () =>
      withStage(async (stage, proxy) => {
        const stall = { kind: "stall", ms: 40_000 } as const;
        const post = proxy.break({ method: "POST", path: /\/volumes$/, times: 1, fault: stall });
        await stage.run([v("v")]);
        assert.equal(post.matched, 1);
        await assertOnlyState(stage.project, stage.deployment);
      }),
    );
  });
});
