import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { rigFor } from "../support/cinder/rigFor.js";

describe("Cinder from PyPI and its backends", () => {
  const { rig, raw } = rigFor({ quotas: { volumes: -1, snapshots: -1 } });
  let type = "";
  before(async () => {
    type = await raw().type("faults", { multiattach: "<is> True" });
  });
  const available = async (inputs: Record<string, unknown>) => {
    const id = await raw().volume({ volume_type: type, ...inputs });
    await raw().untilStatus("volumes", id, "available");
    return id;
  };

  for (const backend of ["nfs", "nfs2", "faults"] as const) {
    it(`${backend}: makes and deletes a volume`, async () => {
      const id = await available({ volume_type: await raw().type(backend) });
      assert.equal((await stat(join(rig().filesOf(backend), `volume-${id}`))).size, 2 ** 30);
      await raw().remove("volumes", id);
      await raw().untilStatus("volumes", id, "gone");
    });
  }

  it("nfs2 holds no 30 GiB", async () => {
    const id = await raw().volume({ volume_type: await raw().type("nfs2"), size: 30 });
    await raw().untilStatus("volumes", id, "error");
  });

  it("failcreate", async () => {
    const id = await raw().volume({ volume_type: type, name: "a-failcreate" });
    await raw().untilStatus("volumes", id, "error");
  });

  const grow = (id: string) => raw().act(id, "extend", { new_size: 2 });
  const remove = (id: string) => raw().remove("volumes", id);
  /** What is done to a volume whose name has the fault, and the status that this leads to. */
  const acts: [fault: string, act: (id: string) => Promise<void>, ...statuses: string[]][] = [
    ["failextend", grow, "error_extending"],
    ["faildelete", remove, "error_deleting"],
    ["busydelete", remove, "available"],
    ["slowextend-1", grow, "extending", "available"],
    ["slowdelete-1", remove, "deleting", "gone"],
  ];
  for (const [fault, act, ...statuses] of acts) {
    it(fault, async () => {
      const id = await available({ name: `a-${fault}` });
      await act(id);
      for (const status of statuses) await raw().untilStatus("volumes", id, status);
    });
  }

  it("slowcreate, asked for by metadata", async () => {
    const begin = performance.now();
    await available({ metadata: { fault: "slowcreate-1" } });
    assert.ok(performance.now() - begin > 1_000);
  });

  it("failretype keeps the old type; without it the new one comes", async () => {
    const other = await raw().type("faults");
    for (const [name, wanted] of [
      ["failretype", type],
      ["a", other],
    ] as const) {
      const id = await available({ name });
      await raw().act(id, "retype", { new_type: other, migration_policy: "never" });
      await raw().untilStatus("volumes", id, "available");
      assert.equal((await raw().row("volumes", id))?.volume_type, wanted);
    }
  });

  it("failattach, badhost, faildetach", async () => {
    const refused = await available({ name: "failattach" });
    assert.equal((await raw().attach(refused, { host: "here" })).status, 500);
    const id = await available({ name: "faildetach" });
    assert.equal((await raw().attach(id, { host: "badhost" })).status, 500);
    const other = await available({ name: "faildetach" });
    const { status, body } = await raw().attach(other, { host: "here" });
    assert.equal(status, 200);
    const { attachment } = body as { attachment: { id: string; connection_info: { driver_volume_type: string } } };
    assert.equal(attachment.connection_info.driver_volume_type, "iscsi");
    assert.equal((await rig().call("DELETE", `/attachments/${attachment.id}`)).status, 500);
  });

  it("failing, busy and slow snapshots", async () => {
    const volume = await available({});
    const failed = await raw().snapshot(volume, { name: "failsnapcreate" });
    await raw().untilStatus("snapshots", failed, "error");
    for (const [fault, ...statuses] of [
      ["failsnapdelete", "error_deleting"],
      ["busysnapdelete", "available"],
      ["slowsnapdelete-1", "deleting", "gone"],
    ] as const) {
      const id = await raw().snapshot(volume, { name: fault });
      await raw().untilStatus("snapshots", id, "available");
      await raw().remove("snapshots", id);
      for (const status of statuses) await raw().untilStatus("snapshots", id, status);
    }
  });
});
