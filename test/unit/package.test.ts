import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { execa } from "execa";
import { packed } from "../support/packed.js";
import { root } from "../support/paths.js";

const require = createRequire(import.meta.url);

function cli(name: string, path: string): string[] {
  return [join(root, "node_modules", name, path)];
}

test("the published package is sound (publint)", async (t) => {
  const archive = await packed(t);
  await execa(process.execPath, [...cli("publint", "src/cli.js"), "--strict", archive], { cwd: root, timeout: 60_000 });
});

test("it is small, and holds what users read and run", async (t) => {
  const archive = await packed(t);
  assert.ok(statSync(archive).size <= 2 ** 20, `${statSync(archive).size} bytes`);
  const { stdout } = await execa("tar", ["--list", "--gzip", "--file", archive], { timeout: 60_000 });
  const files = new Set(stdout.split("\n").map((line) => line.replace(/^package\//, "")));
  const { bin } = require("../../package.json") as { bin: Record<string, string> };
  for (const file of [...Object.values(bin), "schema.json", "README.md", "LICENSE", "docs/volume.md"])
    assert.ok(files.has(file), `${file} is missing`);
  assert.deepEqual(
    [...files].filter((file) => /^(test|tools|provider|sdk|examples)\//.test(file)),
    [],
  );
});

test("its types resolve for ESM and CommonJS programs, old resolution too (attw)", async (t) => {
  const archive = await packed(t);
  // A pure ESM package on purpose: Node >= 22.12 requires it from CommonJS.
  const options = ["--ignore-rules", "cjs-resolves-to-esm", "--exclude-entrypoints", "provider", "package.json"];
  await execa(process.execPath, [...cli("@arethetypeswrong/cli", "dist/index.js"), archive, ...options], {
    cwd: root,
    timeout: 60_000,
  });
});

test("public declarations show no zod and are read by the old TypeScript that Pulumi brings along", async (t) => {
  for (const file of readdirSync(join(root, "dist/sdk/nodejs")).filter((name) => name.endsWith(".d.ts"))) {
    assert.doesNotMatch(readFileSync(join(root, "dist/sdk/nodejs", file), "utf8"), /zod|\.ts"/);
  }
  const folder = mkdtempSync(join(tmpdir(), "bbt-types-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules/@pulumi"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/pulumi-blockbox"));
  symlinkSync(join(root, "node_modules/@pulumi/pulumi"), join(folder, "node_modules/@pulumi/pulumi"));
  const program = `import * as pulumi from "@pulumi/pulumi";
    import * as blockbox from "pulumi-blockbox";
    const pool = new blockbox.Backend("pool", { lvm: { loopFile: { size: 3 } } });
    const data = new blockbox.Volume("data", { backend: pool, size: 1, metadata: { a: "b" } });
    const same: blockbox.Volume = blockbox.Volume.get("same", data.id);
    const disk = new blockbox.Attachment("disk", { volume: same, mount: { path: "/mnt/x", options: ["noatime"] } });
    export const path = disk.mountPath.apply((one: string | undefined) => one);
    export const size = pool.lvm.apply((lvm: blockbox.BackendLvm | undefined) => (lvm && lvm.loopFile ? lvm.loopFile.size + 1 : 0));
    const remote = new blockbox.Backend("remote", { cinder: { extraSpecs: { a: "b" } }, timeouts: { create: 60 } });
    const source = new blockbox.Volume("source", { backend: remote, size: 1 });
    const snapshot = new blockbox.Snapshot("snapshot", { volume: source });
    const copy = new blockbox.Volume("copy", { volumeType: "fast", snapshotId: snapshot, retypePolicy: "onDemand" });
    const connector = { hostName: "other", initiator: "iqn.2026-01.org.example:other" };
    const there = new blockbox.Attachment("there", { volume: copy, connector });
    export const target = there.connectionInfo.apply((info: blockbox.ConnectionInfo | undefined) => info && info.targetIqn);
    const now: pulumi.Output<blockbox.GetVolumeResult> = data.id.apply((id) => blockbox.getVolume({ id }));
    export const hosts = now.apply(({ attachments }) => attachments.map((one: blockbox.VolumeAttachment) => one.hostName));
    export const some = blockbox.getVolumes({ backend: "lvm:vg", metadata: { a: "b" } }).then(({ volumes }) => volumes[0].size + 1);
    const here = blockbox.getConnector();
    new blockbox.Attachment("here", { volume: copy, connector: here });
    export const free = blockbox.getBackends().then(({ pools }) => (pools || []).map(({ freeGib }) => freeGib));
    blockbox.getVolumeTypes({ cloud: "lab" }).then(({ volumeTypes }) => volumeTypes.map(({ extraSpecs }) => extraSpecs));`;
  writeFileSync(join(folder, "index.ts"), program);
  const old = require.resolve("@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js");
  // Only our own files: that compiler reads the types of Node and of Pulumi with errors.
  const check = `
    const ts = require(${JSON.stringify(old)});
    const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.NodeJs, target: ts.ScriptTarget.ES2019, types: [] };
    const program = ts.createProgram([${JSON.stringify(join(folder, "index.ts"))}], options);
    const own = ts.getPreEmitDiagnostics(program).filter(({ file }) => !file || !file.fileName.includes("/node_modules/"));
    const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => "", getNewLine: () => "\\n" };
    process.stdout.write(ts.version + "\\n" + ts.formatDiagnostics(own, host));`;
  const { stdout } = await execa(process.execPath, ["-e", check], { timeout: 60_000 });
  assert.equal(stdout, "3.8.3");
});
