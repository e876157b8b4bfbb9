import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Machine, requirements } from "../../tools/requirements.mjs";
import { root } from "../support/paths.js";

const fit: Machine = { platform: "linux", arch: "x64", uid: 0, lacking: [], aptGet: true, npm: true };

const machines: [string, Partial<Machine>, RegExp[]][] = [
  ["fit", {}, []],
  ["fit, arm64", { arch: "arm64" }, []],
  ["everything there, no apt-get", { aptGet: false }, []],
  ["no lvm2, apt-get brings it", { lacking: ["lvm2"] }, []],
  ["a Mac", { platform: "darwin", arch: "arm64", uid: 501 }, [/needs Linux: this is macOS\. .*Linux VM/]],
  ["a Mac, as root, with nothing", { platform: "darwin", lacking: ["lvm2"], aptGet: false, npm: false }, [/macOS/]],
  ["Windows", { platform: "win32", uid: undefined }, [/needs Linux: this is Windows\. .*Linux VM/]],
  ["FreeBSD", { platform: "freebsd" }, [/needs Linux: this is freebsd/]],
  ["not root", { uid: 1000 }, [/needs root/]],
  ["nobody", { uid: 65534 }, [/needs root/]],
  [
    "no lvm2 and nothing to bring it",
    { lacking: ["lvm2", "e2fsprogs"], aptGet: false },
    [/lvm2, e2fsprogs .*no apt-get/],
  ],
  ["a processor without Node on npm", { arch: "s390x" }, [/x64 or arm64.*s390x/]],
  ["no npm", { npm: false }, [/needs npm/]],
  [
    "all of it at once",
    { uid: 1000, arch: "ppc64", lacking: ["lvm2"], aptGet: false, npm: false },
    [/root/, /ppc64/, /lvm2/, /npm on PATH/],
  ],
];

describe("requirements", () => {
  for (const [name, difference, expected] of machines) {
    it(name, () => {
      const sentences = requirements({ ...fit, ...difference });
      assert.equal(sentences.length, expected.length, sentences.join("\n"));
      for (const [index, pattern] of expected.entries()) {
        const sentence = sentences[index] ?? "";
        assert.match(sentence, pattern);
        assert.match(sentence, /^[^\n]+\.$/);
      }
    });
  }
});

describe("the commands, run as nobody", () => {
  for (const command of ["start", "test", "pulumi"]) {
    it(`${command}: says what is needed, exits with 1, writes nothing`, () => {
      const folder = mkdtempSync(join(tmpdir(), "blockbox-nobody-"));
      try {
        const { tree, home, node } = reachableByNobody(folder);
        const before = content(folder);
        const result = spawnSync(node, [join(tree, `tools/${command}.mjs`)], {
          uid: 65534,
          gid: 65534,
          cwd: tree,
          env: { HOME: home, PATH: process.env.PATH },
          encoding: "utf8",
          timeout: 30_000,
        });
        assert.equal(result.stdout, "");
        assert.match(result.stderr, /needs root: run the same command as root/);
        assert.doesNotMatch(result.stderr, /\n\s+at /, "no stack");
        assert.equal(result.status, 1);
        assert.deepEqual(content(folder), before);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

/** The checkout's commands where nobody can read, and even write: it must not want to. */
function reachableByNobody(folder: string) {
  const tree = join(folder, "tree");
  const home = join(folder, "home");
  const node = join(folder, "node");
  for (const path of [tree, home]) mkdirSync(path);
  cpSync(join(root, "tools"), join(tree, "tools"), { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    writeFileSync(join(tree, file), readFileSync(join(root, file)));
  try {
    linkSync(process.execPath, node);
  } catch {
    copyFileSync(process.execPath, node); // another file system
  }
  for (const path of [folder, tree, home]) chmodSync(path, 0o777);
  return { tree, home, node };
}

/** Every path below, with the text of files but for node itself. */
function content(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => [entry, join(entry.parentPath, entry.name)] as const)
      .map(([entry, path]) => [path, entry.isFile() && entry.name !== "node" ? readFileSync(path, "utf8") : ""]),
  );
}
