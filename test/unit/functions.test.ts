import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { execa } from "execa";
import * as blockbox from "pulumi-blockbox";
import { configure } from "../../provider/configuration.js";
import type { Fields, PropertyType } from "../../provider/declaration/property.js";
import { BlockboxError, type ErrorCode } from "../../provider/errors.js";
import { functions } from "../../provider/functions/index.js";
import { readInitiator } from "../../provider/host/connector.js";
import { resources } from "../../provider/resources/index.js";
import type { Pool } from "../../provider/services/cinder/api/services.js";
import { isThin, wholeGib } from "../../provider/services/cinder/capacity.js";
import { root } from "../support/paths.js";

for (const name of Object.keys(process.env)) if (/^(OS_|CINDER)/.test(name)) delete process.env[name];

const names = ["getVolume", "getVolumes", "getSnapshot", "getBackends", "getVolumeTypes", "getAvailabilityZones"];
const all = [...names, "getConnector"];

/** Every declared property of some fields, at any depth. */
function allOf(fields: Fields): [path: string, doc: string][] {
  const inside = (type: PropertyType): [string, string][] =>
    type.element ? inside(type.element) : type.object ? allOf(type.object.fields) : [];
  return Object.entries(fields).flatMap(([name, { doc, type }]) => [[name, doc], ...inside(type)] as const);
}

function objectNames(fields: Fields): string[] {
  const inside = (type: PropertyType): string[] =>
    type.element ? inside(type.element) : type.object ? [type.object.name, ...objectNames(type.object.fields)] : [];
  return Object.values(fields).flatMap(({ type }) => inside(type));
}

test("programs have all of them, each declared and described", () => {
  assert.deepEqual(Object.keys(functions), all);
  for (const [name, { declaration }] of Object.entries(functions)) {
    assert.equal(declaration.name, name);
    assert.equal(typeof (blockbox as unknown as Record<string, unknown>)[name], "function");
    for (const [path, doc] of [
      ["", declaration.doc] as const,
      ...allOf(declaration.inputs),
      ...allOf(declaration.outputs),
    ])
      assert.match(doc, /\.$/, `${name} ${path}`);
  }
});

test("no object of a result has the name of one that a resource has, or of a resource", () => {
  const taken = new Set([
    ...Object.keys(resources),
    ...Object.values(resources).flatMap(({ declaration }) => objectNames(declaration.inputs)),
    ...Object.values(resources).flatMap(({ declaration }) => objectNames(declaration.outputs as unknown as Fields)),
  ]);
  for (const { declaration } of Object.values(functions))
    for (const name of objectNames(declaration.outputs)) assert.ok(!taken.has(name), name);
});

const lvmId = "vg/volume-82540e15-82b0-4fb2-a5a8-4f92f4b13b9b";
const uuid = "82540e15-82b0-4fb2-a5a8-4f92f4b13b9b";

const refused: [name: string, args: Record<string, unknown>, says: RegExp][] = [
  ["getVolume", {}, /argument id has a problem: is required/],
  ["getVolume", { id: 3 }, /argument id has a problem: must be the id of a Volume$/],
  ["getVolume", { id: "vg/data" }, /must be the id of a Volume: <volume group>\/volume-<uuid>, or a UUID/],
  ["getVolume", { id: uuid.toUpperCase() }, /must be the id of a Volume/],
  ["getVolume", { id: uuid, name: "x" }, /argument name has a problem: is not known here; known are id, cloud/],
  ["getVolume", { id: lvmId, cloud: "lab" }, /argument cloud has a problem: is only with Cinder/],
  ["getVolumes", { backend: "vg" }, /must be the id of a Backend: lvm:<volume group> or cinder:<volume type>/],
  ["getVolumes", { backend: "lvm:" }, /argument backend has a problem/],
  ["getVolumes", { backend: "lvm:vg", volumeType: "fast" }, /argument volumeType has a problem: is only with Cinder/],
  ["getVolumes", { metadata: { a: 1 } }, /argument metadata\.a has a problem: must be a string/],
  ["getVolumes", { name: "" }, /argument name has a problem: must not be empty/],
  ["getSnapshot", { id: `vg/snapshot-${uuid}` }, /<volume group>\/_snapshot-<uuid>, or a UUID with Cinder/],
  ["getBackends", { backend: "lvm:vg" }, /argument backend has a problem: is not known here; known are cloud/],
  ["getConnector", { multipath: true }, /argument multipath has a problem: is not known here/],
];

for (const [name, args, says] of refused) {
  test(`${name}(${JSON.stringify(args)}) is refused`, async () => {
    await assert.rejects(functions[name]?.ask(args) ?? Promise.resolve(), (error) => {
      assert.ok(BlockboxError.is(error));
      assert.equal(error.code, "INPUT_REFUSED");
      assert.match(error.message, new RegExp(`^${name}: `));
      assert.match(error.message, says);
      return true;
    });
  });
}

test("what only a Cinder can answer says how to name one, where none is", async () => {
  configure(() => undefined);
  for (const name of ["getVolumes", "getVolumeTypes", "getAvailabilityZones"])
    await assert.rejects(functions[name]?.ask({}) ?? Promise.resolve(), { code: "CONFIG_MISSING" });
  for (const name of ["getVolume", "getSnapshot"])
    await assert.rejects(functions[name]?.ask({ id: uuid }) ?? Promise.resolve(), { code: "CONFIG_MISSING" });
});

test("a program is told with the code, once, and Pulumi shows no stack of it", async () => {
  const error = await blockbox.getSnapshot({ id: "x" }).catch((error) => error);
  assert.equal(error.code, "INPUT_REFUSED");
  assert.match(error.message, /[^\]] \[INPUT_REFUSED\]$/);
  const { RunError } = await import("@pulumi/pulumi");
  assert.equal(RunError.isInstance(error), true);
});

test("the core is loaded by the first question, not with the package", { timeout: 30_000 }, async () => {
  const text = `
    import { registerHooks } from "node:module";
    const core = [];
    registerHooks({ load(url, context, next) { if (url.includes("/dist/provider/")) core.push(url); return next(url, context); } });
    const blockbox = await import("pulumi-blockbox");
    const before = core.length;
    await blockbox.getSnapshot({ id: "x" }).catch(() => undefined);
    console.log(JSON.stringify([before, core.length > 0]));`;
  const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", text], { cwd: root, timeout: 20_000 });
  assert.deepEqual(JSON.parse(stdout), [0, true]);
});

describe("the initiator name of a host", () => {
  const folder = mkdtempSync(join(tmpdir(), "bbt-initiator-"));
  after(() => rmSync(folder, { recursive: true }));
  const fileWith = (text: string) => {
    const file = join(folder, "initiatorname.iscsi");
    writeFileSync(file, text);
    return file;
  };

  test("is found behind comments and between blanks", () => {
    const file = fileWith(
      "## If you change the InitiatorName=no, lists\n#InitiatorName=no\n InitiatorName = iqn.1993-08.org.debian:01:8 \n",
    );
    assert.equal(readInitiator(file), "iqn.1993-08.org.debian:01:8");
  });

  const lacking: [what: string, file: () => string, says: RegExp][] = [
    [
      "there is no file",
      () => join(folder, "none"),
      /there is no .*none\. Install it: `apt-get install open-iscsi`\.$/,
    ],
    ["it is still to be made", () => fileWith("GenerateName=yes\n"), /still to be made\. Start iscsid once/],
    ["the file is empty", () => fileWith(""), /has no line InitiatorName=\. Write one/],
    ["the line is empty", () => fileWith("InitiatorName=\n"), /has no line InitiatorName=/],
    [
      "it is no file",
      () => {
        const path = join(folder, "folder");
        mkdirSync(path);
        return path;
      },
      /cannot be read \(EISDIR\)/,
    ],
  ];
  for (const [what, file, says] of lacking) {
    test(`${what}: an error that says what to do`, () => {
      const path = file();
      assert.throws(
        () => readInitiator(path),
        (error) =>
          BlockboxError.is(error) && error.code === ("HOST_UNFIT" satisfies ErrorCode) && says.test(error.message),
      );
    });
  }
});

test("an amount of a driver's is whole GiB, or nothing where it is no number", () => {
  const amounts = [19.99, "19.99", 0, "infinite", "unknown", "", null, undefined, Number.POSITIVE_INFINITY];
  assert.deepEqual(amounts.map(wholeGib), [19, 19, 0, ...Array(6).fill(undefined)]);
  const thin = (value: unknown) => isThin({ name: "p", capabilities: { thin_provisioning_support: value } } as Pool);
  assert.deepEqual([true, "<is> True", "false", false, undefined, null].map(thin), [
    ...[true, true, false, false],
    ...[undefined, undefined],
  ]);
});

test("the file of functions is plain: nothing in it is an Output or an Input", () => {
  assert.doesNotMatch(readFileSync(join(root, "sdk/nodejs/functions.ts"), "utf8"), /pulumi|Input<|Output</);
});
