/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {readonly import("../prepare.mjs").Need[]} needs
 * @property {number} limitS the whole suite's time
 * @property {readonly (readonly [string, ...string[]])[]} [commands] each a program of an npm package with arguments; all of them are one test
 * @property {string | readonly string[]} [tests] folders of *.test.ts, at any depth, or such files, run by node's test runner
 * @property {"inside" | "around"} [guest] its tests run in the guest (tools/guest), or boot guests; beside the suites without. `guest` names all of these
 * @property {Readonly<Record<string, string>>} [env] what its tests get beside the environment of all
 * @property {true} [oneProcess] all files in one process, for what they share of it
 * @property {number} [atOnce] how many files at a time; 1 where tests share this machine's block devices
 */

const cruise = "dependency-cruiser/bin/dependency-cruiser.mjs";

/** @type {readonly import("../prepare.mjs").Need[]} */
const inGuest = ["host", "dist", "pulumi", "guest"];

/** In this order: what fails fast comes first. @type {readonly Suite[]} */
export const suites = [
  {
    name: "lint",
    needs: [],
    limitS: 120,
    commands: [
      ["@biomejs/biome/bin/biome", "check", "."],
      [cruise, "--config", ".dependency-cruiser.json", "provider", "sdk/nodejs", "tools", "test"],
    ],
  },
  {
    name: "types",
    needs: ["dist"],
    limitS: 180,
    commands: [
      ["typescript/bin/tsc", "--project", "test"],
      ["typescript/bin/tsc", "--project", "test/examples.tsconfig.json"],
    ],
  },
  { name: "unit", needs: ["host", "dist"], limitS: 180, tests: "test/unit" },
  { name: "sdks", needs: ["dist", "sdks"], limitS: 120, tests: "test/sdks" },
  { name: "grpc", needs: ["host", "dist", "pulumi"], limitS: 1200, tests: "test/grpc", atOnce: 1 },
  {
    // The other door to the same core: its protocol, and tables of properties and bad input once more through it.
    name: "plugin",
    needs: ["host", "dist", "pulumi"],
    limitS: 900,
    tests: [
      "test/plugin",
      ...["backend", "badInput", "partly", "snapshot", "unknown", "volume"].map((name) => `test/grpc/${name}.test.ts`),
    ],
    env: { BLOCKBOX_DOOR: "plugin" },
    atOnce: 1,
  },
  { name: "native", needs: ["host", "dist", "pulumi"], limitS: 900, tests: "test/native", atOnce: 1 },
  {
    name: "cinder",
    needs: ["host", "dist", "pulumi", "cinder", "cinder-debian"],
    limitS: 2400,
    tests: "test/cinder",
    atOnce: 2,
  },
  {
    // What resources do, once more with the oldest Cinder.
    name: "cinder-debian",
    needs: ["host", "dist", "pulumi", "cinder", "cinder-debian"],
    limitS: 1200,
    tests: "test/cinder/lives",
    env: { BLOCKBOX_CINDER: "debian" },
    atOnce: 2,
  },
  {
    name: "scenarios",
    needs: ["host", "dist", "pulumi", "cinder"],
    limitS: 2400,
    tests: "test/scenarios",
    atOnce: 1,
  },
  {
    // Whether a preview tells what up does, for random edits; always the same ones here, and any others by `npm run fuzz`.
    name: "fuzz",
    needs: ["host", "dist", "pulumi", "cinder"],
    limitS: 600,
    tests: "test/fuzz",
    env: { BLOCKBOX_SEED: "7", BLOCKBOX_EDITS: "20" },
    atOnce: 1,
  },
  // Programs in other languages, by the packages that are written from the schema, and the examples in docs/.
  {
    name: "languages",
    needs: ["host", "dist", "pulumi", "languages", "cinder"],
    limitS: 1200,
    tests: "test/languages",
    atOnce: 1,
  },
  // The compose files of the examples, as they stand: a Cinder in containers.
  {
    name: "compose",
    needs: ["host", "dist", "pulumi", "docker"],
    limitS: 1800,
    tests: "test/compose",
    atOnce: 1,
  },
  // In guests, the longest first: in the end two lanes share them.
  // What LVM can do under device-mapper, and, from the same files, what it can do without.
  { name: "guest-lvm", guest: "inside", needs: inGuest, limitS: 3000, tests: "test/guest", atOnce: 1 },
  // Volumes of a Cinder on this host: its real targets, sessions and disks.
  {
    name: "guest-iscsi",
    guest: "inside",
    needs: ["host", "dist", "cinder", "guest"],
    limitS: 3000,
    tests: "test/iscsi",
    oneProcess: true,
  },
  {
    // The other door to these.
    name: "guest-iscsi-plugin",
    guest: "inside",
    needs: ["host", "dist", "cinder", "guest"],
    limitS: 900,
    tests: ["import", "life"].map((name) => `test/iscsi/${name}.test.ts`),
    env: { BLOCKBOX_DOOR: "plugin" },
    oneProcess: true,
  },
  {
    name: "guest-scenarios",
    guest: "inside",
    needs: inGuest,
    limitS: 1800,
    tests: ["edits", "badInput", "crash", "doors", "import"].map((name) => `test/scenarios/${name}.test.ts`),
    atOnce: 1,
  },
  // A volume of this host's LVM moves into a Cinder on the same group, and back.
  {
    name: "guest-adopt",
    guest: "inside",
    needs: [...inGuest, "cinder"],
    limitS: 1200,
    tests: "test/adopt",
    atOnce: 1,
  },
  // What must survive a boot.
  {
    name: "guest-boots",
    guest: "around",
    needs: [...inGuest, "cinder"],
    limitS: 1200,
    tests: "test/boots",
    atOnce: 1,
  },
  {
    name: "guest-grpc",
    guest: "inside",
    needs: inGuest,
    limitS: 1800,
    // What goes through the service; the rest tries the door and the program's end, which no kernel changes.
    tests: ["attachment", "backend", "badInput", "volume"].map((name) => `test/grpc/${name}.test.ts`),
    atOnce: 1,
  },
];
