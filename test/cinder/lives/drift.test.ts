import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { assertRefused, converge, ops, settled } from "../../support/cinder/converge.js";
import type { Declared, Deployment, Program, Stored } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["nfs", "faults"] });

const volume = (name: string, inputs: Props = {}, pool = "pool"): Declared => ({
  kind: "Volume",
  name,
  backend: pool,
  inputs: (ref) => ({ backend: ref(pool), size: 1, ...inputs }),
});
const pool: Declared = {
  kind: "Backend",
  name: "pool",
  inputs: { cinder: { volumeBackendName: "faults", extraSpecs: { "x:a": "1" }, description: "ours", public: true } },
};
const rest: Program = [
  { kind: "Backend", name: "other", inputs: { cinder: { volumeBackendName: "faults" } } },
  { kind: "Backend", name: "unused", inputs: { cinder: { volumeBackendName: "nfs", extraSpecs: { a: "1", b: "2" } } } },
  volume("data", { name: "ours", description: "ours", metadata: { a: "1", b: "2" }, bootable: false }),
  volume("attached", { name: "ours-attached" }),
  volume("loose"),
  { kind: "Snapshot", name: "snap", inputs: (ref) => ({ volume: ref("data"), name: "ours", metadata: { a: "1" } }) },
  {
    kind: "Attachment",
    name: "disk",
    inputs: (ref) => ({
      volume: ref("attached"),
      connector: { hostName: "one", initiator: "iqn.2026-01.org.example:one" },
    }),
  },
];
const program: Program = [pool, ...rest];

/** What somebody does to something of the program, which of its inputs then say what, and that is put back. */
interface Drift {
  readonly what: string;
  readonly resource: string;
  readonly happens: (stored: Stored) => Promise<unknown>;
  readonly seen: Props;
}

describe("what changes out of band", () => {
  let deployment: Deployment;
  const call = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await bed().rig.call(method, path, body);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  };
  const act = (id: string, action: string, inputs: Props) => bed().raw.act(id, action, inputs);
  const nameOf = (backend: string) => String(deployment.get(backend).outputs.volumeType);
  const type = async ({ outputs }: Stored, tail: string) =>
    `/types/${(await bed().type(String(outputs.volumeType)))?.id}${tail}`;

  before(async () => {
    deployment = bed().deployment();
    await converge(deployment, program, Object.fromEntries(program.map(({ name }) => [name, "create" as const])));
  });
  after(() => deployment.destroy());

  /** Those of one round happen before the same refresh. */
  const rounds: Drift[][] = [
    [
      {
        what: "name, description, a value of metadata",
        resource: "data",
        async happens({ id }) {
          await call("PUT", `/volumes/${id}`, { volume: { name: "theirs", description: "theirs" } });
          await call("POST", `/volumes/${id}/metadata`, { metadata: { a: "9", foreign: "theirs" } });
        },
        seen: { name: "theirs", description: "theirs", metadata: { a: "9", b: "2" } },
      },
      {
        what: "name and metadata",
        resource: "snap",
        async happens({ id }) {
          await call("PUT", `/snapshots/${id}`, { snapshot: { name: "theirs", description: "theirs" } });
          await call("POST", `/snapshots/${id}/metadata`, { metadata: { a: "9", foreign: "theirs" } });
        },
        seen: { name: "theirs", description: "theirs", metadata: { a: "9" } },
      },
      {
        what: "extra specs",
        resource: "unused",
        async happens(stored) {
          await call("POST", await type(stored, "/extra_specs"), {
            extra_specs: { a: "9", volume_backend_name: "faults", foreign: "theirs" },
          });
          await call("DELETE", await type(stored, "/extra_specs/b"));
        },
        seen: { cinder: { volumeBackendName: "faults", extraSpecs: { a: "9" }, adopt: false } },
      },
      {
        what: "description and visibility",
        resource: "pool",
        happens: async (stored) =>
          call("PUT", await type(stored, ""), { volume_type: { description: "theirs", is_public: false } }),
        seen: {
          cinder: {
            volumeBackendName: "faults",
            extraSpecs: { "x:a": "1" },
            adopt: false,
            description: "theirs",
            public: false,
          },
        },
      },
    ],
    [
      {
        what: "a key of metadata gone, description gone, flags",
        resource: "data",
        async happens({ id }) {
          await call("DELETE", `/volumes/${id}/metadata/b`);
          await call("PUT", `/volumes/${id}`, { volume: { description: "" } });
          await act(id, "set_bootable", { bootable: true });
          await act(id, "update_readonly_flag", { readonly: true });
        },
        seen: { metadata: { a: "1" }, description: undefined, bootable: true, readOnly: true },
      },
      {
        what: "a key of metadata gone",
        resource: "snap",
        happens: ({ id }) => call("DELETE", `/snapshots/${id}/metadata/a`),
        seen: { metadata: {} },
      },
      {
        what: "backend's name gone",
        resource: "unused",
        happens: async (stored) => call("DELETE", await type(stored, "/extra_specs/volume_backend_name")),
        seen: { cinder: { extraSpecs: { a: "1", b: "2" }, adopt: false } },
      },
    ],
  ];
  for (const [index, drifts] of rounds.entries()) {
    it(`is seen by a refresh, and put back: ${drifts.map(({ what, resource }) => `${resource}: ${what}`).join("; ")}`, async () => {
      for (const { resource, happens } of drifts) await happens(deployment.get(resource));
      assert.deepEqual(await deployment.refresh(), []);
      for (const { resource, seen } of drifts) {
        const { inputs, outputs } = deployment.get(resource);
        for (const [key, value] of Object.entries(seen)) {
          assert.deepEqual(inputs[key], value, `${resource}: input ${key}`);
          assert.deepEqual(outputs[key], value, `${resource}: output ${key}`);
        }
      }
      await converge(
        deployment,
        program,
        Object.fromEntries(drifts.map(({ resource }) => [resource, "update" as const])),
      );
      const { name, description, bootable, metadata } = await bed().show("volumes", deployment.get("data").id);
      const { a, b, foreign } = metadata as Props;
      assert.deepEqual(
        { name, description, bootable, a, b, foreign },
        { name: "ours", description: "ours", bootable: "false", a: "1", b: "2", foreign: "theirs" },
        `after round ${index}`,
      );
      const specs = (await bed().type(nameOf("unused")))?.extra_specs;
      assert.deepEqual(
        { ...specs, "blockbox:mark": "" },
        {
          a: "1",
          b: "2",
          volume_backend_name: "nfs",
          foreign: "theirs",
          "blockbox:mark": "",
        },
      );
    });
  }

  it("another type is put back by a retype; what grew cannot shrink, and the preview says so", async () => {
    const { id } = deployment.get("loose");
    await act(id, "retype", { new_type: nameOf("other"), migration_policy: "never" });
    await bed().raw.untilStatus("volumes", id, "available");
    await act(id, "extend", { new_size: 2 });
    await bed().raw.untilStatus("volumes", id, "available");
    await deployment.refresh();
    const { inputs, outputs } = deployment.get("loose");
    assert.equal(inputs.backend, `cinder:${nameOf("other")}`);
    assert.equal(outputs.volumeTypeName, nameOf("other"));
    assert.equal(inputs.size, 2);
    await assertRefused(deployment.preview(program), "size", /cannot shrink from 2 to 1 GiB/);
    const grown = program.map((one) => (one.name === "loose" ? volume("loose", { size: 2 }) : one));
    await converge(deployment, grown, { loose: "update" });
    assert.equal((await bed().show("volumes", id)).volume_type, nameOf("pool"));
  });

  it("a volume in error is warned of and kept, never replaced", async () => {
    const stored = deployment.get("attached");
    await act(stored.id, "reset_status", { status: "error" });
    const now: Program = program.filter(({ name }) => !["data", "snap", "loose"].includes(name));
    await deployment.up(now);
    await deployment.withProvider(async (provider) => {
      assert.deepEqual(await deployment.refresh(), []);
      await provider.says(new RegExp(`Volume ours-attached \\(${stored.id}\\) has status error`));
      assert.deepEqual(ops(await deployment.preview(now)), Object.fromEntries(now.map(({ name }) => [name, "same"])));
    });
    assert.equal(deployment.get("attached").id, stored.id);
    await act(stored.id, "reset_status", { status: "in-use" });
    await settled(deployment, now);
  });

  it("what is deleted is dropped by a refresh, and made again", async () => {
    await deployment.up(program);
    const gone = ["disk", "snap", "data", "unused"] as const;
    const ids = Object.fromEntries(gone.map((name) => [name, deployment.get(name).id]));
    await call("DELETE", `/attachments/${ids.disk?.split("/")[1]}`);
    await bed().raw.remove("snapshots", ids.snap ?? "");
    await bed().raw.untilStatus("snapshots", ids.snap ?? "", "gone");
    await bed().raw.remove("volumes", ids.data ?? "");
    await bed().raw.untilStatus("volumes", ids.data ?? "", "gone");
    await call("DELETE", await type(deployment.get("unused"), ""));
    assert.deepEqual((await deployment.refresh()).sort(), [...gone].sort());
    await converge(deployment, program, Object.fromEntries(gone.map((name) => [name, "create" as const])));
    for (const name of ["data", "disk", "snap"]) assert.notEqual(deployment.get(name).id, ids[name]);
  });

  it("what is deleted without a refresh is no obstacle to its delete", async () => {
    await call("DELETE", `/attachments/${deployment.get("disk").id.split("/")[1]}`);
    await bed().raw.untilStatus("volumes", deployment.get("attached").id, "available");
    await bed().raw.remove("volumes", deployment.get("attached").id);
    await bed().raw.untilStatus("volumes", deployment.get("attached").id, "gone");
    await call("DELETE", await type(deployment.get("other"), ""));
    await deployment.destroy();
    assert.equal(deployment.state.size, 0);
  });
});
