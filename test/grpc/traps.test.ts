import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";
import { type Bed, makeBed } from "../support/bed.js";
import { type Kind, type Program, providerText } from "../support/deployment.js";
import { CallError, type Props } from "../support/rpc.js";

const programOf = (bed: Bed): Program => [
  bed.backend(),
  bed.volume("data", { size: 1 }),
  bed.attachment("disk", "data"),
];

test("__provider is one constant text of at most 300 bytes per resource", async () => {
  const seen: { type: string; inputs: Props }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        seen.push({ type, inputs: inputs as Props });
        return { id: `${name}-id`, state: inputs };
      },
      call: () => ({}),
    },
    "bbt",
    "test",
  );
  const pool = new blockbox.Backend("pool");
  const data = new blockbox.Volume("data", { backend: pool, size: 1 });
  const disk = new blockbox.Attachment("disk", { volume: data, mount: { path: "/mnt/bbt" } });
  await new Promise((resolve) => pulumi.all([pool.id, data.id, disk.id]).apply(resolve));
  assert.equal(seen.length, 3);
  for (const { type, inputs } of seen) {
    const kind = type.replace("pulumi-nodejs:dynamic/blockbox:", "") as Kind;
    assert.equal(inputs.__provider, providerText(kind));
    assert.ok(Buffer.byteLength(String(inputs.__provider)) <= 300);
  }
  const names: Record<string, string> = { Backend: "pool", Volume: "data", Attachment: "disk" };
  for (const { type, inputs } of seen) {
    const kind = type.split(":").at(-1) ?? "";
    assert.equal(inputs.__urn, `urn:pulumi:test::bbt::blockbox:index:${kind}::${names[kind]}`);
  }
});

test("replies hold every input and nothing that Pulumi cannot store", async (t) => {
  const bed = await makeBed(t, "echo");
  const program = [
    bed.backend({ lvm: { volumeClear: "none" } }),
    bed.volume("data", { size: 1, name: "n", description: "d", metadata: { a: "1" } }),
    bed.attachment("disk", "data", { size: 1, mount: { path: bed.path("disk"), options: ["noatime"] } }),
    bed.volume("plain", { size: 1 }),
    bed.attachment("bare", "plain", { mount: undefined }),
  ];
  const assertEchoed = () => {
    for (const { name, inputs, outputs } of bed.deployment.state.values()) {
      for (const [key, value] of Object.entries(inputs)) assert.deepEqual(outputs[key], value, `${name}.${key}`);
      // a Date would have become {} and NaN null
      const walk = (value: unknown, path: string): void => {
        assert.notEqual(value, null, path);
        if (typeof value !== "object" || value === null) return;
        if (!/\.(metadata|__physicalVolumes)$/.test(path))
          assert.ok(Array.isArray(value) || Object.keys(value).length > 0, `${path} is empty`);
        for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
      };
      walk(outputs, name);
    }
  };
  await bed.deployment.up(program);
  assertEchoed();
  const keys = () => [...bed.deployment.state.values()].map(({ outputs }) => Object.keys(outputs).sort());
  const before = keys();
  await bed.deployment.refresh();
  assertEchoed();
  assert.deepEqual(keys(), before);
  // update never empties the outputs
  await bed.deployment.withProvider(async (provider) => {
    for (const stored of bed.deployment.state.values())
      stored.outputs = await provider.update(stored.id, stored.outputs, stored.inputs);
  });
  assertEchoed();
  assert.deepEqual(keys(), before);
  await bed.deployment.destroy();
});

test("where only hidden inputs differ, nothing changes", async (t) => {
  const bed = await makeBed(t, "hidden");
  await bed.deployment.up(programOf(bed));
  await bed.deployment.withProvider(async (provider) => {
    for (const { id, kind, inputs, outputs } of bed.deployment.state.values()) {
      const same = await provider.diff(id, outputs, inputs);
      assert.equal(same.changes, "none", kind);
      const news: Props = {
        ...inputs,
        __provider: `${inputs.__provider} `,
        __urn: `${inputs.__urn}2`,
        __backend: "urn:pulumi:x",
      };
      assert.deepEqual(await provider.diff(id, outputs, news), {
        changes: "none",
        replaces: [],
        deleteBeforeReplace: false,
      });
    }
  });
  await bed.deployment.destroy();
});

test("a replacement leaves `changes` out, or says that there are some", async (t) => {
  const bed = await makeBed(t, "replaces");
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  const { id, inputs, outputs } = bed.deployment.get("data");
  await bed.deployment.withProvider(async (provider) => {
    const diff = await provider.diff(id, outputs, { ...inputs, backend: "lvm:bbt-another" });
    assert.deepEqual(diff.replaces, ["backend"]);
    assert.notEqual(diff.changes, "none");
  });
  await bed.deployment.destroy();
});

test("no error has an id or prints a stack: check, diff, create, read, update, delete", async (t) => {
  const bed = await makeBed(t, "errors");
  await bed.deployment.up(programOf(bed));
  const { id, inputs, outputs } = bed.deployment.get("data");
  const away = { ...outputs, __location: { ...(outputs.__location as object), machineId: "000000000000" } };
  const hidden = bed.deployment.hidden({ kind: "Volume", name: "other" });
  const calls: [
    string,
    (provider: Parameters<Parameters<typeof bed.deployment.withProvider>[0]>[0]) => Promise<unknown>,
  ][] = [
    ["diff", (p) => p.diff(id, outputs, { ...inputs, size: 99 })],
    ["create", (p) => p.create({ ...hidden, backend: "lvm:bbt-nowhere", size: 1, name: "x", metadata: {} })],
    ["read", (p) => p.read(id, away)],
    ["update", (p) => p.update(id, away, inputs)],
    ["delete", (p) => p.delete(id, away)],
    ["delete", (p) => p.delete(bed.deployment.get("pool").id, bed.deployment.get("pool").outputs)],
  ];
  await bed.deployment.withProvider(async (provider) => {
    for (const [method, call] of calls) {
      await assert.rejects(call(provider), (error: unknown) => {
        assert.ok(error instanceof CallError, String(error));
        assert.equal(error.method, method);
        assert.equal(error.init, undefined, `${method}: counts as created`);
        assert.doesNotMatch(error.message, /\n\s+at |Error:|undefined/);
        return true;
      });
    }
    // a bug of a program that gives no inputs at all must be told like any other
    await provider
      .check({}, { __provider: providerText("Volume"), ...hidden })
      .then(({ failures }) => assert.ok(failures.length > 0));
    assert.doesNotMatch(provider.stderr(), /^\s+at /m);
    assert.match(provider.stdout(), /^\d+\n$/);
  });
  await bed.deployment.destroy();
});

test("first calls that come all at once find a provider that is ready", async (t) => {
  const bed = await makeBed(t, "burst");
  await bed.deployment.withProvider(async (provider) => {
    const checks = Array.from({ length: 20 }, (_, i) =>
      provider.check(
        {},
        {
          ...(bed.backend().inputs as Props),
          ...bed.deployment.hidden({ kind: "Backend", name: "pool" }),
          name: `n${i}`,
        },
      ),
    );
    for (const { failures } of await Promise.all(checks)) assert.deepEqual(failures, []);
  });
});
