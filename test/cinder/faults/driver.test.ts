import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { assertOnlyState } from "../../support/cinder/onlyState.js";
import { attachment, snapshot, volume } from "../../support/cinder/programs.js";
import { rigFor } from "../../support/cinder/rigFor.js";
import { Stage } from "../../support/cinder/stage.js";
import type { Program } from "../../support/deployment.js";

interface Case {
  name: string;
  settings?: Record<string, string>;
  /** What there is before the fault. */
  before?: () => Program;
  /** What the driver shall do then, and with what. */
  arm?: [resource: string, words: string];
  /** What fails. */
  wanted: () => Program;
  says: RegExp[];
  /** Whether a thing that is not whole keeps its id. */
  isInit?: true;
  /** Names of what the state has after the failure. */
  keeps: string[];
  /** What of that has a status of error, or is not done yet. */
  broken?: string;
  /** The status that an administrator gives it then. */
  reset?: string;
  /** What goes through once the cause is gone; nothing said: what failed. */
  finally?: () => Program;
}

/** A request's id, by which Cinder's logs speak of it. */
const request = /request req-[0-9a-f-]{36}/;

describe("a driver that fails", () => {
  const { rig, raw } = rigFor({ backends: ["faults"], quotas: { volumes: -1, snapshots: -1, gigabytes: -1 } });
  const types = { one: "", other: "" };
  before(async () => {
    types.one = await raw().type("faults", { multiattach: "<is> True" });
    types.other = await raw().type("faults", { multiattach: "<is> True", "bbt:other": "yes" });
  });
  const v = (inputs: Record<string, unknown> = {}) => volume({ volumeType: types.one, ...inputs });

  const cases: Case[] = [
    {
      name: "a create",
      wanted: () => [v({ name: "x-failcreate" })],
      says: [
        /Volume x-failcreate .* could not be created; its status is error/,
        /Driver failed to create|available weighted backend/,
        request,
        /[Rr]un again/,
      ],
      keeps: [],
      finally: () => [v()],
    },
    {
      name: "growth",
      before: () => [v()],
      arm: ["v", "failextend"],
      wanted: () => [v({ size: 2 })],
      says: [
        /from 1 to 2 GiB; its status is error_extending/,
        /Driver failed to extend/,
        request,
        /cinder reset-state/,
      ],
      keeps: ["v"],
      broken: "v",
      reset: "available",
    },
    {
      name: "a delete",
      before: () => [v()],
      arm: ["v", "faildelete"],
      wanted: () => [],
      says: [/could not be deleted; its status is error_deleting/, request, /cinder reset-state [0-9a-f-]{36} --state/],
      keeps: ["v"],
      broken: "v",
      reset: "available",
    },
    {
      name: "a delete of what is busy",
      before: () => [v()],
      arm: ["v", "busydelete"],
      wanted: () => [],
      says: [/could not be deleted; its status is available/, request, /found it busy/],
      keeps: ["v"],
    },
    {
      name: "a retype",
      before: () => [v()],
      arm: ["v", "failretype"],
      wanted: () => [v({ volumeType: types.other })],
      says: [/could not change from type .* its status is available/, request, /onDemand/],
      keeps: ["v"],
    },
    {
      name: "an attach",
      before: () => [v()],
      arm: ["v", "failattach"],
      wanted: () => [v(), attachment()],
      says: [/POST \/attachments/, /attach failed as asked/, request, /[Rr]un again/],
      keeps: ["v"],
    },
    {
      name: "an attach by a host that is refused",
      wanted: () => [v(), attachment("badhost")],
      says: [/this host is refused/, request, /[Rr]un again/],
      keeps: ["v"],
      finally: () => [v(), attachment()],
    },
    {
      name: "a detach",
      before: () => [v(), attachment()],
      arm: ["v", "faildetach"],
      wanted: () => [],
      says: [/DELETE \/attachments/, request, /Run again/],
      keeps: ["v", "a"],
    },
    {
      name: "a snapshot",
      wanted: () => [v(), snapshot({ name: "failsnapcreate" })],
      says: [/Snapshot failsnapcreate .* could not be taken; its status is error/, /failed to create/, request],
      keeps: ["v"],
      finally: () => [v(), snapshot()],
    },
    {
      name: "a snapshot, and taking it away",
      wanted: () => [v(), snapshot({ metadata: { fault: "failsnapcreate-failsnapdelete" } })],
      says: [/failed to create/, request, /could not be removed, and stays in the state.*error_deleting/, /Run again/],
      isInit: true,
      keeps: ["v", "s"],
      broken: "s",
      reset: "error",
      finally: () => [v(), snapshot()],
    },
    {
      name: "a snapshot's delete",
      before: () => [v(), snapshot()],
      arm: ["s", "failsnapdelete"],
      wanted: () => [v()],
      says: [/its status is error_deleting/, /failed to delete/, request, /cinder snapshot-reset-state [0-9a-f-]{36} /],
      keeps: ["v", "s"],
      broken: "s",
      reset: "available",
    },
    {
      name: "a delete of a snapshot that is busy",
      before: () => [v(), snapshot()],
      arm: ["s", "busysnapdelete"],
      wanted: () => [v()],
      says: [/its status is available/, /Snapshot is busy/, request, /Run again once/],
      keeps: ["v", "s"],
    },
    {
      name: "a create that lasts too long",
      wanted: () => [v({ name: "slowcreate-4", timeouts: { create: 1 } })],
      says: [/could not be created within 1 s; its status is creating/, /run again; `timeouts`.*TIMED_OUT/],
      isInit: true,
      keeps: ["v"],
      broken: "v",
    },
    {
      name: "a create that lasts too long, and is given up",
      wanted: () => [v({ name: "slowcreate-4", timeouts: { create: 1 } })],
      says: [/TIMED_OUT/],
      isInit: true,
      keeps: ["v"],
      broken: "v",
      finally: () => [],
    },
    {
      name: "growth that lasts too long",
      before: () => [v()],
      arm: ["v", "slowextend-4"],
      wanted: () => [v({ size: 2, timeouts: { update: 1 } })],
      says: [/to 2 GiB within 1 s; its status is extending/, request, /TIMED_OUT/],
      keeps: ["v"],
      broken: "v",
      finally: () => [v({ size: 2 })],
    },
    {
      name: "a retype that lasts too long",
      before: () => [v()],
      arm: ["v", "slowretype-4"],
      wanted: () => [v({ volumeType: types.other, timeouts: { update: 1 } })],
      says: [/could not change from type .* within 1 s; its status is/, request, /TIMED_OUT/],
      keeps: ["v"],
      broken: "v",
      finally: () => [v({ volumeType: types.other })],
    },
    {
      name: "a delete that lasts too long",
      before: () => [v({ timeouts: { delete: 1 } })],
      arm: ["v", "slowdelete-3"],
      wanted: () => [],
      says: [/could not be deleted within 1 s; its status is deleting/, request, /TIMED_OUT/],
      keeps: ["v"],
      broken: "v",
    },
    {
      name: "a snapshot that lasts too long",
      wanted: () => [v(), snapshot({ name: "slowsnapcreate-4", timeouts: { create: 1 } })],
      says: [/could not be taken within 1 s; its status is creating/, /TIMED_OUT/],
      isInit: true,
      keeps: ["v", "s"],
      broken: "s",
    },
    {
      name: "an attach that outlasts the request",
      settings: { requestTimeout: "3" },
      before: () => [v()],
      arm: ["v", "slowattach-9"],
      wanted: () => [v(), attachment()],
      says: [/no answer came within 3 s\. Raise requestTimeout/, /[Rr]un again/],
      keeps: ["v"],
      broken: "v",
    },
  ];

  describe("at", { concurrency: 8 }, () => {
    for (const {
      name,
      settings = {},
      before,
      arm,
      wanted,
      says,
      isInit,
      keeps,
      broken,
      reset,
      finally: end,
    } of cases) {
      it(name, { timeout: 120_000 }, async (t) => {
        const stage = new Stage(rig(), { settings });
        const { deployment, project } = stage;
        t.after(() => deployment.release());
        await deployment.keep();
        if (before) await stage.run(before());
        if (arm) await stage.setFault(...arm);

        const told = await stage.told(wanted());
        assert.ok(told, "it did not fail");
        for (const words of says) assert.match(told.message, words);
        assert.equal(told.isInit, isInit ?? false, told.message);
        assert.deepEqual([...deployment.state.keys()], keeps);
        await assertOnlyState(project, deployment, broken === undefined ? "all whole" : "all");

        await stage.renew();
        const mended = arm?.[0] ?? broken;
        const isArmed = mended !== undefined && (arm || reset);
        if (isArmed && !arm?.[1].startsWith("slowdelete")) await stage.setFault(mended, undefined);
        if (mended && reset) await stage.reset(mended, reset);
        const last = (end ?? wanted)();
        await stage.run(last);
        await assertOnlyState(project, deployment);
        if (last.length > 0) {
          for (const { op } of await deployment.preview(last)) assert.equal(op, "same");
          await stage.untilNoMarks();
          await deployment.destroy();
          await assertOnlyState(project, deployment);
        }
      });
    }
  });

  it("leaves nothing on the backend", async () => {
    assert.deepEqual(await readdir(rig().filesOf("faults")), []);
  });
});
