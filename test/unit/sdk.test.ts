import assert from "node:assert/strict";
import test from "node:test";
import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";
import { resources } from "../../provider/resources/index.js";

type Registered = { type: string; name: string; inputs: Record<string, unknown>; id: string | undefined };

const registered: Registered[] = [];
await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs, id }) => {
      registered.push({ type, name, inputs, id });
      return { id: id || `${name}-id`, state: inputs };
    },
    call: () => ({}),
  },
  "shop",
  "dev",
);

async function registeredAs(resource: pulumi.CustomResource, name: string): Promise<Registered> {
  await new Promise((resolve) => resource.id.apply(resolve));
  const found = registered.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

test("a Backend as `backend` becomes its id, and says which one it is", async () => {
  const pool = new blockbox.Backend("pool");
  const { type, inputs } = await registeredAs(new blockbox.Volume("data", { backend: pool, size: 2 }), "data");
  assert.equal(type, "pulumi-nodejs:dynamic/blockbox:Volume");
  assert.equal(inputs.backend, "pool-id");
  assert.equal(inputs.__backend, "urn:pulumi:dev::shop::blockbox:index:Backend::pool");
  assert.equal(inputs.__urn, "urn:pulumi:dev::shop::blockbox:index:Volume::data");
});

test("a Volume says whether the program has a replacement delete it first", async () => {
  const said = async (name: string, opts?: pulumi.CustomResourceOptions) => {
    const volume = new blockbox.Volume(name, { backend: "lvm:vg", size: 1 }, opts);
    return (await registeredAs(volume, name)).inputs.__deletesFirst;
  };
  assert.equal(await said("unsaid"), undefined);
  assert.equal(await said("created-first", { deleteBeforeReplace: false }), undefined);
  assert.equal(await said("deleted-first", { deleteBeforeReplace: true }), true);
});

test("a Volume as `volume` becomes its id, and fills in the size; a size of one's own stays", async () => {
  const volume = new blockbox.Volume("v", { backend: "lvm:vg", size: 2 });
  const filled = await registeredAs(new blockbox.Attachment("filled", { volume }), "filled");
  assert.deepEqual([filled.inputs.volume, filled.inputs.size], ["v-id", 2]);
  const given = await registeredAs(new blockbox.Attachment("given", { volume, size: 1 }), "given");
  assert.equal(given.inputs.size, 1);
});

test("a size is filled in on an Attachment only: a Snapshot has none, and a copy may be larger than its source", async () => {
  const volume = new blockbox.Volume("source", { size: 2 });
  const snapshot = new blockbox.Snapshot("snapshot", { volume });
  const ofSnapshot = await registeredAs(snapshot, "snapshot");
  assert.equal(ofSnapshot.type, "pulumi-nodejs:dynamic/blockbox:Snapshot");
  assert.equal(ofSnapshot.inputs.__provider, 'exports.handler = () => require("pulumi-blockbox/provider").snapshot;');
  assert.deepEqual([ofSnapshot.inputs.volume, ofSnapshot.inputs.size], ["source-id", undefined]);
  const copies = { copy: { snapshotId: snapshot }, twin: { sourceVolumeId: volume } };
  for (const [name, args] of Object.entries(copies)) {
    const { inputs } = await registeredAs(new blockbox.Volume(name, args), name);
    assert.equal(inputs.size, undefined);
    assert.deepEqual(
      [inputs.snapshotId, inputs.sourceVolumeId],
      name === "copy" ? ["snapshot-id", undefined] : [undefined, "source-id"],
    );
  }
});

/** The options that a resource is registered with. */
function optionsOf(make: (opts: pulumi.CustomResourceOptions) => unknown): pulumi.CustomResourceOptions {
  const seen: pulumi.CustomResourceOptions[] = [];
  const note = ({ opts }: pulumi.ResourceTransformationArgs) => {
    seen.push(opts);
    return undefined;
  };
  make({ transformations: [note] });
  return seen[0] ?? assert.fail("it was not registered");
}

test("what there cannot be two of is deleted before it is replaced; with all else the provider is asked", () => {
  const attachment = optionsOf((opts) => new blockbox.Attachment("order", { volume: "vg/volume-x" }, opts));
  const pool = optionsOf((opts) => new blockbox.Backend("order", undefined, opts));
  const condition = optionsOf((opts) => new blockbox.Backend("order2", { cinder: undefined as never }, opts));
  assert.deepEqual(
    [attachment, pool, condition].map(({ deleteBeforeReplace }) => deleteBeforeReplace),
    [true, true, true],
  );
  const others = [
    optionsOf((opts) => new blockbox.Backend("order3", { cinder: {} }, opts)),
    optionsOf((opts) => new blockbox.Volume("order", { size: 1 }, opts)),
    optionsOf((opts) => new blockbox.Snapshot("order", { volume: "v" }, opts)),
  ];
  // Pulumi takes `false` for the program's word against the provider's.
  for (const { deleteBeforeReplace } of others) assert.equal(deleteBeforeReplace, undefined);
});

test("how a volume is reached is a secret of the Attachment; options of one's own are kept beside ours", () => {
  const attachment = optionsOf((opts) => new blockbox.Attachment("secret", { volume: "vg/volume-x" }, opts));
  assert.deepEqual(attachment.additionalSecretOutputs, ["connectionInfo"]);
  const volume = optionsOf(
    (opts) => new blockbox.Volume("own", { size: 1 }, { ...opts, deleteBeforeReplace: true, ignoreChanges: ["size"] }),
  );
  assert.equal(volume.deleteBeforeReplace, true);
  assert.deepEqual(volume.additionalSecretOutputs, []);
  assert.deepEqual(volume.ignoreChanges, ["__provider", "size"]);
});

test("plain ids pass as they are", async () => {
  const { inputs } = await registeredAs(new blockbox.Attachment("plain", { volume: "vg/volume-x" }), "plain");
  assert.deepEqual([inputs.volume, inputs.size, inputs.__backend], ["vg/volume-x", undefined, undefined]);
});

test("a parent is part of who a resource is", async () => {
  const parent = new pulumi.ComponentResource("my:Component", "parent");
  const { inputs } = await registeredAs(new blockbox.Backend("child", {}, { parent }), "child");
  assert.equal(inputs.__urn, "urn:pulumi:dev::shop::my:Component$blockbox:index:Backend::child");
});

test("`get` reads what has that id", async () => {
  const { id, inputs } = await registeredAs(blockbox.Backend.get("got", "lvm:vg"), "got");
  assert.equal(id, "lvm:vg");
  assert.deepEqual(Object.keys(inputs).sort(), ["__provider", "__urn"]);
});

test("every input and output is declared on the class, so that a preview has it", () => {
  const made: Record<string, object> = {
    Backend: new blockbox.Backend("declared"),
    Volume: new blockbox.Volume("declared", { backend: "lvm:vg", size: 1 }),
    Snapshot: new blockbox.Snapshot("declared", { volume: "v" }),
    Attachment: new blockbox.Attachment("declared", { volume: "vg/volume-x" }),
  };
  for (const { declaration } of Object.values(resources)) {
    const resource = made[declaration.name] as Record<string, unknown>;
    for (const property of [...Object.keys(declaration.inputs), ...Object.keys(declaration.outputs)]) {
      assert.ok(pulumi.Output.isInstance(resource[property]), `${declaration.name}.${property}`);
    }
  }
});
