import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { assertOnlyState } from "../../support/cinder/onlyState.js";
import { snapshot, volume } from "../../support/cinder/programs.js";
import { rigFor } from "../../support/cinder/rigFor.js";
import type { VolumeService } from "../../support/cinder/services.js";
import { Stage } from "../../support/cinder/stage.js";
import type { Program } from "../../support/deployment.js";

interface Case {
  name: string;
  before: (v: Volume) => Program;
  wanted: (v: Volume) => Program;
  says: RegExp;
  isInit: boolean;
  keeps: string[];
  /** What is asked for once the service is there again. */
  finally: (v: Volume) => Program;
}
type Volume = (inputs?: Record<string, unknown>) => Program[number];

/** cinder-volume counts as down after 8 s without a word. */
const patience = { create: 12, update: 12, delete: 12 };

/** All of them at once: the service is stopped once. */
const cases: Case[] = [
  {
    name: "a create, which then comes",
    before: () => [],
    wanted: (v) => [v()],
    says: /could not be created within 12 s; its status is creating/,
    isInit: true,
    keeps: ["v"],
    finally: (v) => [v()],
  },
  {
    name: "a create, which is given up then",
    before: () => [],
    wanted: (v) => [v()],
    says: /could not be created within 12 s; its status is creating/,
    isInit: true,
    keeps: ["v"],
    finally: () => [],
  },
  {
    name: "a delete, which then comes to its end",
    before: (v) => [v()],
    wanted: () => [],
    says: /could not be deleted within 12 s; its status is deleting/,
    isInit: false,
    keeps: ["v"],
    finally: () => [],
  },
  {
    name: "growth",
    before: (v) => [v()],
    wanted: (v) => [v({ size: 2 })],
    says: /to 2 GiB within 12 s; its status is extending/,
    isInit: false,
    keeps: ["v"],
    finally: (v) => [v({ size: 2 })],
  },
  {
    name: "a snapshot",
    before: (v) => [v()],
    wanted: (v) => [v(), snapshot({ timeouts: patience })],
    says: /could not be taken within 12 s; its status is creating/,
    isInit: true,
    keeps: ["v", "s"],
    finally: (v) => [v(), snapshot({ timeouts: patience })],
  },
];

describe("cinder-volume is stopped, and started again", () => {
  const { rig, raw } = rigFor({ services: "apart", backends: ["faults"] });
  let type = "";
  before(async () => {
    type = await raw().type("faults");
  });
  const v: Volume = (inputs = {}) => volume({ volumeType: type, timeouts: patience, ...inputs });

  it("during all of these", { timeout: 180_000 }, async (t) => {
    const service = rig().volumeService as VolumeService;
    const stages = cases.map(() => new Stage(rig()));
    t.after(() => Promise.all(stages.map(({ deployment }) => deployment.release())));
    const each = <T>(body: (one: Case, stage: Stage) => Promise<T>) =>
      Promise.all(cases.map((one, index) => body(one, stages[index] as Stage)));

    await each(async (one, stage) => {
      await stage.deployment.keep();
      await stage.run(one.before(v));
    });
    await service.stop();
    await each(async (one, stage) => {
      const told = await stage.told(one.wanted(v));
      assert.ok(told, `${one.name} did not fail`);
      assert.match(told.message, one.says, one.name);
      assert.match(told.message, /The volume service rig@faults is down\..*run again.*TIMED_OUT/, one.name);
      assert.equal(told.isInit, one.isInit, one.name);
      assert.deepEqual([...stage.deployment.state.keys()], one.keeps, one.name);
      await assertOnlyState(stage.project, stage.deployment, "all");
    });

    await service.start();
    await each(async (one, stage) => {
      await stage.renew();
      const last = one.finally(v);
      await stage.run(last);
      await assertOnlyState(stage.project, stage.deployment);
      for (const { op } of await stage.deployment.preview(last)) assert.equal(op, "same", one.name);
      await stage.run([]);
      await assertOnlyState(stage.project, stage.deployment);
    });
    assert.deepEqual(await readdir(rig().filesOf("faults")), []);
  });
});
