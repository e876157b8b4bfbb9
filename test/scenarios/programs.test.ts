import assert from "node:assert/strict";
import { appendFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot, root } from "../support/paths.js";
import { linkPackage } from "../support/programDir.js";
import { Project } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

/** The environment that the programs below read. */
const envOf = (project: Project) => ({ BBT_GROUP: project.group, BBT_DATA: project.data("") });

const body = `
const pool = new blockbox.Backend("pool", {
  lvm: { volumeGroup: process.env.BBT_GROUP, loopFile: { path: process.env.BBT_DATA + "/pool.img", size: 3, sparse: true } },
});
const data = new blockbox.Volume("data", { backend: pool, size: 1, metadata: { tier: "gold" } });
const disk = new blockbox.Attachment("disk", { volume: data, mount: { path: process.env.BBT_DATA + "/disk" } });
`;

const typed = `import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

declare const process: { env: { [name: string]: string | undefined } };
const folder = process.env.BBT_DATA || "";

const pool = new blockbox.Backend("pool", {
  lvm: { volumeGroup: process.env.BBT_GROUP || "", loopFile: { path: folder + "/pool.img", size: 3, sparse: true }, volumeClear: "zero" },
});
const data = new blockbox.Volume("data", { backend: pool.id, size: 1, description: pulumi.interpolate\`in \${pool.volumeGroup}\` });
const disk = new blockbox.Attachment("disk", { volume: data.id, size: data.size, mode: "rw", mount: { path: folder + "/disk", options: ["noatime"] } });

export const devicePath: pulumi.Output<string | undefined> = disk.devicePath;
export const mountPath: pulumi.Output<string | undefined> = disk.mountPath;
export const size: pulumi.Output<number> = data.size;
export const totalGib: pulumi.Output<number | undefined> = pool.totalGib;
export const devices: pulumi.Output<string[]> = pool.devices;
`;

interface Program {
  name: string;
  entry: { file: string; text: string; module?: boolean };
  /** The compiler's options, in a tsconfig.json. */
  compilerOptions?: object;
  /** Whether the program has a compiler of its own. */
  typescript?: true;
}

const programs: Program[] = [
  {
    name: "an ES module",
    entry: {
      file: "index.js",
      text: `import * as blockbox from "pulumi-blockbox";${body}export const device = disk.devicePath;`,
      module: true,
    },
  },
  {
    name: "CommonJS",
    entry: {
      file: "index.js",
      text: `const blockbox = require("pulumi-blockbox");${body}exports.device = disk.devicePath;`,
    },
  },
  { name: "TypeScript, by the compiler that Pulumi brings along", entry: { file: "index.ts", text: typed } },
  {
    name: "TypeScript, by the program's own compiler",
    entry: { file: "index.ts", text: typed },
    typescript: true,
  },
  {
    name: "TypeScript as an ES module, with NodeNext",
    entry: { file: "index.ts", text: typed, module: true },
    compilerOptions: { strict: true, target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext" },
    typescript: true,
  },
];

for (const { name, entry, compilerOptions, typescript } of programs) {
  test(`a program in ${name}`, { timeout: 120_000 }, async (t) => {
    const project = await Project.make(t, "program", { entry });
    Object.assign(project.env, envOf(project));
    if (typescript) await symlink(join(root, "node_modules/typescript"), join(project.dir, "node_modules/typescript"));
    if (compilerOptions) await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: [entry.file] }));
    const earlier = await snapshot(project.data(""));
    await project.okUp("--skip-preview");
    const { outputs } = await project.resource("disk");
    assert.match(String(outputs.devicePath), /^\/dev\/loop\d+$/);
    const shown = JSON.parse(await project.ok("stack", "output", "--json", "--stack", project.stack)) as Record<
      string,
      unknown
    >;
    assert.equal(shown.device ?? shown.devicePath, outputs.devicePath);
    const { code, output } = await project.destroy("--skip-preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await snapshot(project.data("")), earlier);
  });
}

test("a TypeScript program with a wrong type does not compile", { timeout: 60_000 }, async (t) => {
  const wrong = `import * as blockbox from "pulumi-blockbox";\nnew blockbox.Volume("data", { backend: "lvm:x", size: "ten" });\n`;
  const project = await Project.make(t, "types", { entry: { file: "index.ts", text: wrong } });
  const { code, output } = await project.preview();
  assert.notEqual(code, 0);
  assert.match(output, /not assignable to type/);
});

test("`get` reads what another stack made, and its destroy leaves it alone", { timeout: 120_000 }, async (t) => {
  const maker = await Project.make(t, "maker");
  const loopFile = { path: maker.data("pool.img"), size: 3, sparse: true };
  maker.program = [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: maker.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size: 1, name: "the data" } },
    { kind: "Attachment", name: "disk", args: { volume: { ref: "data" }, mount: { path: maker.data("disk") } } },
  ];
  await maker.okUp("--skip-preview");
  const [pool, data, disk] = await Promise.all(["pool", "data", "disk"].map((name) => maker.resource(name)));
  assert.ok(pool && data && disk);
  const reader = await Project.make(t, "reader", {
    entry: {
      file: "index.ts",
      text: `import * as blockbox from "pulumi-blockbox";
const pool = blockbox.Backend.get("pool", ${JSON.stringify(pool.id)});
const data = blockbox.Volume.get("data", ${JSON.stringify(data.id)});
const disk = blockbox.Attachment.get("disk", ${JSON.stringify(disk.id)});
export const shown = { group: pool.volumeGroup, gib: pool.totalGib, size: data.size, name: data.name, device: disk.devicePath };
`,
    },
  });
  const earlier = await snapshot(maker.data(""));
  await reader.okUp("--skip-preview");
  const { shown } = JSON.parse(await reader.ok("stack", "output", "--json", "--stack", reader.stack)) as {
    shown: unknown;
  };
  assert.deepEqual(shown, { group: maker.group, gib: 2, size: 1, name: "the data", device: disk.outputs.devicePath });
  const ended = await reader.destroy("--skip-preview");
  assert.equal(ended.code, 0, ended.output);
  assert.deepEqual(await snapshot(maker.data("")), earlier);
  const { code, output } = await maker.destroy("--skip-preview");
  assert.equal(code, 0, output);
});

test("an upgrade of the package changes no plan", { timeout: 120_000 }, async (t) => {
  const project = await Project.make(t, "upgrade");
  const loopFile = { path: project.data("pool.img"), size: 3, sparse: true };
  project.program = [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size: 1 } },
    { kind: "Attachment", name: "disk", args: { volume: { ref: "data" }, mount: { path: project.data("disk") } } },
  ];
  await project.okUp("--skip-preview");
  const newer = join(project.dir, "newer");
  await mkdir(newer);
  await cp(join(packageRoot, "dist"), join(newer, "dist"), { recursive: true });
  await symlink(join(root, "node_modules"), join(newer, "node_modules"));
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as object;
  await writeFile(join(newer, "package.json"), JSON.stringify({ ...manifest, version: "0.99.0" }));
  for (const file of ["sdk/nodejs/index.js", "provider/dynamic/index.js"])
    await appendFile(join(newer, "dist", file), "\n// newer\n");
  await linkPackage(project.dir, newer);
  await project.expectNoChanges();
  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
});
