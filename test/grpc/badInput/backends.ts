import type { Bed } from "../../support/bed.js";
import type { Program } from "../../support/deployment.js";
import { inGuest } from "../../support/guest.js";
import type { Props } from "../../support/rpc.js";
import { type BadInput, known, onlyCinder, path, wholeGib } from "./case.js";

/** A Backend of its own, beside the one that exists. */
const newBackend =
  (lvm: unknown, more: Props = {}) =>
  (): Program => [{ kind: "Backend", name: "other", inputs: { lvm, ...more } }];
const group = (volumeGroup: unknown) => newBackend({ volumeGroup });
const loopFile =
  (inputs: (bed: Bed) => Props) =>
  (bed: Bed): Program => [
    { kind: "Backend", name: "other", inputs: { lvm: { volumeGroup: `${bed.group}-o`, loopFile: inputs(bed) } } },
  ];
const loopPool =
  (file: Props, thinPool: Props | undefined) =>
  (bed: Bed): Program => [
    {
      kind: "Backend",
      name: "other",
      inputs: {
        lvm: { volumeGroup: `${bed.group}-o`, loopFile: { path: bed.path("o.img"), sparse: true, ...file }, thinPool },
      },
    },
  ];

export const backends: readonly BadInput[] = [
  {
    name: "a loop file's size as text",
    program: loopFile(() => ({ size: "ten" })),
    property: path("lvm.loopFile.size"),
    says: wholeGib,
  },
  {
    name: "a loop file of 0 GiB",
    program: loopFile(() => ({ size: 0 })),
    property: path("lvm.loopFile.size"),
    says: wholeGib,
  },
  {
    name: "a loop file of -1 GiB",
    program: loopFile(() => ({ size: -1 })),
    property: path("lvm.loopFile.size"),
    says: wholeGib,
  },
  {
    name: "a loop file of 1.5 GiB",
    program: loopFile(() => ({ size: 1.5 })),
    property: path("lvm.loopFile.size"),
    says: wholeGib,
  },
  {
    name: "a loop file of 1e9 GiB",
    program: loopFile(() => ({ size: 1e9 })),
    property: path("lvm.loopFile.size"),
    says: /at most/,
  },
  {
    name: "a loop file larger than the free space",
    program: loopFile((bed) => ({ path: bed.path("big.img"), size: 900_000 })),
    property: path("lvm.loopFile.size"),
    says: /free/,
  },
  {
    name: "sparse as text",
    program: loopFile(() => ({ sparse: "yes" })),
    property: path("lvm.loopFile.sparse"),
    says: /true or false/,
  },
  {
    name: "a relative path of a loop file",
    program: loopFile(() => ({ path: "pool.img" })),
    property: path("lvm.loopFile.path"),
    says: /absolute path/,
  },
  {
    name: "a loop file's path with ..",
    program: loopFile((bed) => ({ path: `${bed.dir}/../../etc/pool.img` })),
    property: path("lvm.loopFile.path"),
    says: /\.\./,
  },
  {
    name: "a loop file that is a foreign file",
    program: loopFile((bed) => ({ path: bed.path("foreign.img"), size: 1 })),
    property: path("lvm.loopFile.path"),
    says: /exists/,
  },
  {
    name: "a loop file that holds a file system",
    program: loopFile((bed) => ({ path: bed.path("ext4.img"), size: 1 })),
    property: path("lvm.loopFile.path"),
    says: /exists/,
  },
  {
    name: "the loop file of another Backend",
    program: loopFile((bed) => ({ path: bed.image, size: 1, sparse: true })),
    property: path("lvm.loopFile.path"),
    says: /exists|another/,
  },
  {
    name: "a loop file that is a directory",
    program: loopFile((bed) => ({ path: bed.dir, size: 1 })),
    property: path("lvm.loopFile.path"),
    says: /exists|directory/,
  },
  {
    name: "a loop file below a file",
    program: loopFile((bed) => ({ path: `${bed.path("foreign.img")}/pool.img`, size: 1 })),
    property: path("lvm.loopFile.path"),
    says: /director/,
  },
  {
    name: "a group name that begins with a hyphen",
    program: group("-x"),
    property: path("lvm.volumeGroup"),
    says: /hyphen/,
  },
  { name: "a group named ..", program: group(".."), property: path("lvm.volumeGroup"), says: /must be a name/ },
  {
    name: "a group name with a blank",
    program: group("a b"),
    property: path("lvm.volumeGroup"),
    says: /may only have letters/,
  },
  {
    name: "a group name with a slash",
    program: group("a/b"),
    property: path("lvm.volumeGroup"),
    says: /may only have letters/,
  },
  { name: "an empty group name", program: group(""), property: path("lvm.volumeGroup"), says: /must be a name/ },
  {
    name: "a group name that is too long",
    program: group("x".repeat(128)),
    property: path("lvm.volumeGroup"),
    says: /at most \d+ characters/,
  },
  {
    name: "a group name that is taken in /dev",
    program: group("loop0"),
    property: path("lvm.volumeGroup"),
    says: /\/dev\/loop0/,
  },
  {
    name: "a group name that lvm keeps for itself",
    program: group("snapshot1"),
    property: path("lvm.volumeGroup"),
    says: /snapshot/,
  },
  {
    name: "a group that exists and is not ours",
    program: (bed) => group(`${bed.group}-foreign`)(),
    property: path("lvm.volumeGroup"),
    says: /exists|another/,
  },
  { name: "a group name that is a number", program: group(7), property: path("lvm.volumeGroup"), says: /string/ },
  { name: "lvm as text", program: newBackend("yes"), property: path("lvm"), says: /object/ },
  { name: "lvm as a list", program: newBackend([]), property: path("lvm"), says: /object/ },
  {
    name: "an unknown way of clearing",
    program: newBackend({ volumeClear: "shred" }),
    property: path("lvm.volumeClear"),
    says: /"zero" or "none"/,
  },
  {
    name: "an unknown property of a Backend",
    program: newBackend({}, { colour: "red" }),
    property: path("colour"),
    says: known,
  },
  {
    name: "a Backend of both services",
    program: newBackend({}, { cinder: {} }),
    property: path("lvm"),
    says: /is only with LVM, and this is of Cinder: leave it out/,
  },
  {
    name: "a limit of time, which is Cinder's, for a volume group",
    program: newBackend({}, { timeouts: { create: 60 } }),
    property: path("timeouts"),
    says: onlyCinder,
  },
  {
    name: "an unknown property of lvm",
    program: newBackend({ stripes: 2 }),
    property: path("lvm.stripes"),
    says: known,
  },
  {
    name: "an unknown property of a loop file",
    program: loopFile(() => ({ mode: 384 })),
    property: path("lvm.loopFile.mode"),
    says: known,
  },
  {
    name: "a Backend's name with a control character",
    program: newBackend({}, { name: "a\u0007b" }),
    property: path("name"),
    says: /control characters/,
  },
  {
    name: "a Backend's name of 256 characters",
    program: newBackend({}, { name: "x".repeat(256) }),
    property: path("name"),
    says: /at most 255 characters/,
  },
  {
    name: "a loop file that shrinks",
    program: (bed) => [bed.backend({ size: 3 })],
    property: path("lvm.loopFile.size"),
    says: /cannot shrink from 6 to 3 GiB/,
  },
  {
    name: "a device that is none",
    program: newBackend({ devices: ["/dev/bbt-none"] }),
    property: path("lvm.devices"),
    says: /no block device/,
  },
  {
    name: "a device by a relative path",
    program: newBackend({ devices: ["sdx"] }),
    property: /^lvm\.devices/,
    says: /absolute path|begin it with/,
  },
  {
    name: "devices as text",
    program: newBackend({ devices: "/dev/sdx" }),
    property: path("lvm.devices"),
    says: /list/,
  },
  {
    name: "a file as a device",
    program: (bed) => newBackend({ devices: [bed.path("foreign.img")] })(),
    property: path("lvm.devices"),
    says: /no block device/,
  },
  {
    name: "the adoption of a group that is not there",
    program: newBackend({ volumeGroup: "bbt-nowhere", adopt: true }),
    property: path("lvm.adopt"),
    says: /finds no volume group bbt-nowhere/,
  },
  {
    name: "the adoption of the group of another Backend in the program",
    program: (bed) => [bed.backend({ size: 6 }), ...newBackend({ volumeGroup: bed.group, adopt: true })()],
    property: path("lvm.volumeGroup"),
    says: /another Backend in this program/,
  },
  {
    name: "adopt as text",
    program: newBackend({ adopt: "yes" }),
    property: path("lvm.adopt"),
    says: /true or false/,
  },
  {
    name: "an unknown way of activation",
    program: newBackend({ activation: "udev" }),
    property: path("lvm.activation"),
    says: /"auto" or "deviceMapper" or "loop"/,
  },
  {
    name: "a thin pool without device-mapper",
    program: newBackend({ activation: "loop", thinPool: true }),
    property: path("lvm.thinPool"),
    says: /needs device-mapper/,
  },
  {
    name: "a thin pool as text",
    program: newBackend({ thinPool: "yes" }),
    property: path("lvm.thinPool"),
    says: /true, false, or an object/,
  },
  {
    name: "a thin pool of 0 GiB",
    program: newBackend({ thinPool: { size: 0 } }),
    property: path("lvm.thinPool.size"),
    says: wholeGib,
  },
  {
    name: "a thin pool's metadata of 1 MiB",
    program: newBackend({ thinPool: { metadataSizeMib: 1 } }),
    property: path("lvm.thinPool.metadataSizeMib"),
    says: /4 to 16192/,
  },
  {
    name: "an over-subscription below 1",
    program: newBackend({ thinPool: { maxOverSubscriptionRatio: 0.5 } }),
    property: path("lvm.thinPool.maxOverSubscriptionRatio"),
    says: /at least 1/,
  },
  {
    name: "an unknown property of a thin pool",
    program: newBackend({ thinPool: { chunk: 64 } }),
    property: path("lvm.thinPool.chunk"),
    says: known,
  },
  {
    name: "another group name for a Backend that holds volumes",
    program: (bed) => [bed.backend({ size: 6, lvm: { volumeGroup: `${bed.group}-new` } })],
    property: /lvm\.volumeGroup/,
    says: /second Backend|volumes/,
    byDiff: true,
  },
];

/** What only a kernel with device-mapper, or only one without, can refuse. */
export const backendsByKernel: readonly BadInput[] = inGuest
  ? [
      {
        name: "a thin pool that is larger than the group",
        program: loopPool({ size: 4 }, { size: 5 }),
        property: path("lvm.thinPool.size"),
        says: /is 5 GiB, and the group has 3\.9 GiB/,
      },
      {
        name: "a thin pool whose metadata are too large",
        program: loopPool({ size: 4 }, { size: 3, metadataSizeMib: 1000 }),
        property: path("lvm.thinPool.metadataSizeMib"),
        says: /ask for less/,
      },
      {
        name: "a thin pool that has no room for a volume",
        program: loopPool({ size: 1 }, undefined),
        property: path("lvm.thinPool"),
        says: /room for no volume/,
      },
      {
        name: "a group name that makes device names too long",
        program: group("a-".repeat(20)),
        property: path("lvm.volumeGroup"),
        says: /each hyphen counts twice/,
      },
    ]
  : [
      {
        name: "activation by device-mapper on a kernel without",
        program: newBackend({ activation: "deviceMapper" }),
        property: path("lvm.activation"),
        says: /this kernel lacks.*modprobe dm-mod.*loop/,
      },
      {
        name: "a thin pool on a kernel without device-mapper",
        program: newBackend({ thinPool: true }),
        property: path("lvm.thinPool"),
        says: /which this kernel lacks/,
      },
    ];
