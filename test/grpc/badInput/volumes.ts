import type { Bed } from "../../support/bed.js";
import type { Program } from "../../support/deployment.js";
import { inGuest } from "../../support/guest.js";
import type { Props } from "../../support/rpc.js";
import { type BadInput, existing, known, onlyCinder, path, wholeGib } from "./case.js";

/** A volume beside those that exist, in the Backend that exists. */
const newVolume =
  (inputs: Props) =>
  (bed: Bed): Program => [bed.backend({ size: 6 }), bed.volume("other", { size: 1, ...inputs })];
export const volumes: readonly BadInput[] = [
  { name: "a volume's size as text", program: newVolume({ size: "1" }), property: path("size"), says: wholeGib },
  { name: "a volume of 0 GiB", program: newVolume({ size: 0 }), property: path("size"), says: wholeGib },
  { name: "a volume of -1 GiB", program: newVolume({ size: -1 }), property: path("size"), says: wholeGib },
  { name: "a volume of 1.5 GiB", program: newVolume({ size: 1.5 }), property: path("size"), says: wholeGib },
  { name: "a volume of 1e9 GiB", program: newVolume({ size: 1e9 }), property: path("size"), says: /at most/ },
  {
    name: "a volume without a size",
    program: (bed) => [
      bed.backend({ size: 6 }),
      { kind: "Volume", name: "other", inputs: (ref) => ({ backend: ref("pool") }) },
    ],
    property: path("size"),
    says: /is required/,
  },
  {
    name: "a backend id with a path in it",
    program: newVolume({ backend: "lvm:../x" }),
    property: path("backend"),
    says: /lvm:<volume group>/,
  },
  {
    name: "a backend id of nothing known",
    program: newVolume({ backend: "pool" }),
    property: path("backend"),
    says: /lvm:<volume group>/,
  },
  {
    name: "a backend id that is a number",
    program: newVolume({ backend: 42 }),
    property: path("backend"),
    says: /Backend or its id/,
  },
  {
    name: "a backend that is not there",
    program: newVolume({ backend: "lvm:bbt-nowhere" }),
    property: path("backend"),
    says: /bbt-nowhere/,
  },
  {
    name: "a volume's name with a control character",
    program: newVolume({ name: "a\nb" }),
    property: path("name"),
    says: /control characters/,
  },
  {
    name: "a volume's name of 256 characters",
    program: newVolume({ name: "x".repeat(256) }),
    property: path("name"),
    says: /at most 255 characters/,
  },
  { name: "a volume's name of blanks", program: newVolume({ name: "  " }), property: path("name"), says: /empty/ },
  {
    name: "a description of 256 characters",
    program: newVolume({ description: "x".repeat(256) }),
    property: path("description"),
    says: /at most 255/,
  },
  {
    name: "metadata with a number",
    program: newVolume({ metadata: { tier: 1 } }),
    property: path("metadata.tier"),
    says: /string/,
  },
  { name: "metadata as a list", program: newVolume({ metadata: ["a"] }), property: path("metadata"), says: /map/ },
  {
    name: "an unknown property of a volume",
    program: newVolume({ colour: "red" }),
    property: path("colour"),
    says: known,
  },
  {
    name: "a retype policy, which is Cinder's, for a logical volume that is to grow",
    program: (bed) => [bed.backend({ size: 6 }), bed.volume("data", { size: 3, retypePolicy: "onDemand" })],
    property: path("retypePolicy"),
    says: onlyCinder,
  },
  {
    name: "a volume that shrinks",
    program: (bed) => [bed.backend({ size: 6 }), bed.volume("data", { size: 1 })],
    property: path("size"),
    says: /cannot shrink from 2 to 1 GiB/,
  },
  {
    name: "a volume that the group cannot hold",
    plans: true,
    program: (bed) => [...existing(bed), bed.volume("other", { size: 6 })],
    property: path("size"),
    says: /GiB/,
  },
  {
    name: "volumes that the group can only hold one by one",
    plans: true,
    program: (bed) => [
      ...existing(bed),
      bed.volume("other", { size: 1 }),
      bed.volume("more", { size: 1 }),
      bed.volume("most", { size: 1 }),
    ],
    property: path("size"),
    says: /GiB/,
  },
  {
    name: "a volume that a Backend still to be made cannot hold",
    plans: true,
    program: (bed) => planned(bed, [3]),
    property: path("size"),
    says: /GiB/,
  },
  {
    name: "volumes that a Backend still to be made can only hold one by one",
    plans: true,
    program: (bed) => planned(bed, [1, 1, 1]),
    property: path("size"),
    says: /GiB/,
  },
  {
    name: "growth that the group cannot hold",
    plans: true,
    program: (bed) => [bed.backend({ size: 6 }), bed.volume("data", { size: 9 })],
    property: /size/,
    says: /GiB/,
    byDiff: true,
  },
];

/** A Backend of 3 GiB, which has room for 2, with volumes in it. */
function planned(bed: Bed, sizes: number[]): Program {
  return [
    {
      kind: "Backend",
      name: "later",
      inputs: {
        lvm: { volumeGroup: `${bed.group}-l`, loopFile: { path: bed.path("later.img"), size: 3, sparse: true } },
      },
    },
    ...sizes.map((size, i) => ({
      kind: "Volume" as const,
      name: `planned${i}`,
      backend: "later",
      inputs: (ref: (name: string) => string) => ({ backend: ref("later"), size }),
    })),
  ];
}

const withSnapshot = (bed: Bed): Program => [
  ...existing(bed),
  { kind: "Snapshot", name: "snapshot", inputs: (ref) => ({ volume: ref("data") }) },
];

/** What only a kernel with device-mapper, or only one without, can refuse. */
export const volumesByKernel: readonly BadInput[] = inGuest
  ? [
      {
        name: "a copy that is smaller than its source",
        program: (bed) => [
          ...existing(bed),
          {
            kind: "Volume",
            name: "copy",
            backend: "pool",
            inputs: (ref) => ({ backend: ref("pool"), sourceVolumeId: ref("data"), size: 1 }),
          },
        ],
        property: path("size"),
        says: /GiB/,
      },
    ]
  : [
      {
        name: "a snapshot of a volume that is reached by a loop device",
        program: withSnapshot,
        property: path("volume"),
        says: /needs device-mapper.*lvm\.activation/,
      },
    ];
