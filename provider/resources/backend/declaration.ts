import { z } from "zod";
import {
  type DefaultScope,
  defaulted,
  optional,
  optionalOutput,
  output,
  type Values,
} from "../../declaration/property.js";
import {
  boolean,
  gib,
  listOf,
  mapOf,
  object,
  oneOf,
  orBoolean,
  plainText,
  ratio,
  text,
  wholeNumber,
} from "../../declaration/type.js";
import { isUnknown } from "../../declaration/unknown.js";
import { faultOfGroupName } from "../../services/lvm/ids.js";
import { commonInputs, ownName } from "../common.js";
import { absolutePath, description, displayName } from "../texts.js";

const groupName = text(
  z.string("must be a string").superRefine((name, context) => {
    const fault = faultOfGroupName(name);
    if (fault !== undefined) context.addIssue(fault);
  }),
);

const loopFile = object("BackendLoopFile", {
  path: defaulted(absolutePath, {
    change: "replace",
    default: { doc: "`/var/lib/blockbox/<name>.img`", derive: ({ inputs }) => `/var/lib/blockbox/${inputs.name}.img` },
    doc: "Where the file is. It must not exist yet; missing directories are made.",
  }),
  size: defaulted(gib(), {
    change: "growOnly",
    default: 10,
    doc: "Size of the file in GiB. Grows in place; never shrinks. lvm's own metadata take a part of the first GiB.",
  }),
  sparse: defaulted(boolean(), {
    change: "inPlace",
    default: false,
    doc: "Whether the file takes space only as it is written. Otherwise its space is reserved at once.",
  }),
});

const mib = () => {
  const type = wholeNumber("MiB");
  const reason = "must be a whole number of MiB, 4 to 16192";
  return { ...type, schema: z.int(reason).min(4, reason).max(16_192, reason) };
};

const thinPool = object("BackendThinPool", {
  size: optional(gib(), {
    change: "growOnly",
    doc: "Size of the pool's data in GiB. Left out: 95 % of what the group has beside other logical volumes, and it grows with the group.",
  }),
  metadataSizeMib: optional(mib(), {
    change: "growOnly",
    doc: "Size of the pool's metadata in MiB. Left out: 2 MiB for each GiB of data, at least 16. As much again is kept for its repair.",
  }),
  maxOverSubscriptionRatio: defaulted(ratio(), {
    change: "inPlace",
    default: 1,
    doc: "How many times the pool's size its volumes may promise together. With 1 it can never run full by volumes alone; snapshots take room beside.",
  }),
});

/** A file, unless there is something to use already; one that the group is on stays with it when the group is adopted. */
const ownFile = ({ inputs, olds }: DefaultScope) => {
  // Only what is looked at counts, where it is unknown.
  const given = (inputs.lvm ?? {}) as { readonly [name: string]: unknown };
  if (Array.isArray(given.devices) && given.devices.length > 0) return undefined;
  if (given.adopt !== true) return {};
  const before = (olds.lvm ?? {}) as { volumeGroup?: unknown; loopFile?: Record<string, never> };
  return before.volumeGroup === given.volumeGroup ? before.loopFile : undefined;
};

const lvmInputs = object("BackendLvm", {
  volumeGroup: defaulted(groupName, {
    change: "replace",
    default: { doc: "the Backend's `name`", derive: ({ inputs }) => String(inputs.name) },
    doc: "Name of the volume group, which this Backend makes, or adopts.",
  }),
  adopt: defaulted(boolean(), {
    change: "inPlace",
    default: false,
    doc: "Use a volume group that exists. It is never removed, and nothing in it is wiped.",
  }),
  devices: defaulted(listOf(absolutePath), {
    change: "inPlace",
    default: [],
    doc: "Block devices that are to be its physical volumes; they must be blank. Once made they are known by their content, so a device may get another name. One can be added, or removed when no volume has a part on it.",
  }),
  loopFile: optional(loopFile, {
    change: (from, to) => ((from === undefined || to === undefined) && !isUnknown(to) ? "replace" : "inPlace"),
    default: {
      doc: "`{}` without `devices` and `adopt`",
      derive: ownFile,
    },
    doc: "The file behind a loop device that is a physical volume of the group.",
  }),
  thinPool: optional(orBoolean(thinPool), {
    change: "inPlace",
    doc: "A thin pool, `<volume group>-pool`, that new volumes are made in. Left out when it is made: there is one where the kernel has dm-thin and volumes are activated by device-mapper; an adopted group keeps what it has. Cannot be taken away as long as it has volumes.",
  }),
  volumeClear: defaulted(
    oneOf("VolumeClear", { zero: "Overwritten with zeros.", none: "Left as it is on the disk." }),
    { change: "inPlace", default: "zero", doc: "What becomes of a thick volume's data when the volume is deleted." },
  ),
  activation: defaulted(
    oneOf("LvmActivation", {
      auto: "By device-mapper where the kernel has it when the group is made, else by loop devices; then as it was made.",
      deviceMapper: "By device-mapper, as lvm2 usually does.",
      loop: "By loop devices on their extents, without device-mapper: thick volumes in one piece, no snapshots.",
    }),
    { change: "inPlace", default: "auto", doc: "How volumes become devices. Changed only while none is attached." },
  ),
});

const specKey = z
  .string()
  .regex(/^[a-zA-Z0-9\-_:.]{1,255}$/, "has a key that Cinder does not take: letters, digits and - _ : . only")
  .refine((key) => !key.startsWith("blockbox:"), "has a key that begins with blockbox:, which is kept for our own")
  .refine((key) => key !== "volume_backend_name", "has volume_backend_name as a key: give volumeBackendName instead");

const specValue = text(z.string("must be a string").max(255, "must have at most 255 characters"));

const cinderInputs = object("BackendCinder", {
  volumeBackendName: optional(
    text(
      z
        .string("must be a string")
        .min(1, "must not be empty: leave it out for a type that any backend may serve")
        .max(255, "must have at most 255 characters"),
    ),
    {
      change: "inPlace",
      doc: "The backend that serves the type: its `volume_backend_name` in cinder.conf.",
    },
  ),
  extraSpecs: defaulted(mapOf(specValue, specKey), {
    change: "inPlace",
    default: {},
    doc: "Extra specs of the volume type. Keys that are not given here are left alone.",
  }),
  description: optional(description, { change: "inPlace", doc: "Description of the volume type." }),
  public: optional(boolean(), {
    change: "inPlace",
    doc: "Whether every project may use the volume type. Default: true; one that is adopted stays as it is.",
  }),
  serviceHost: optional(
    text(
      z
        .string("must be a string")
        .regex(/^[^\s@#\p{Cc}]+@[^\s@#\p{Cc}]+$/u, "must be <host>@<backend>, as in `cinder service-list`"),
    ),
    {
      change: "inPlace",
      doc: "The volume service that create and update wait for, until it is up and its pool has reported: `<host>@<backend>`.",
    },
  ),
  adopt: defaulted(boolean(), {
    change: "inPlace",
    default: false,
    doc: "Use a volume type of this name that exists. It is never deleted.",
  }),
});

const inputs = {
  name: defaulted(displayName, {
    change: "replace",
    default: ownName,
    doc: "Name of the Backend, and with Cinder of its volume type.",
  }),
  lvm: defaulted(lvmInputs, {
    change: replacesUnlessBoth,
    only: "lvm",
    default: {},
    doc: "A volume group of this host's lvm2. At most one of `lvm` and `cinder`.",
  }),
  cinder: optional(cinderInputs, {
    change: replacesUnlessBoth,
    only: "cinder",
    doc: "A volume type of a Cinder. Give `{}` for one with all defaults.",
  }),
  ...commonInputs,
};

function replacesUnlessBoth(from: unknown, to: unknown): "inPlace" | "replace" {
  return from === undefined || to === undefined ? "replace" : "inPlace";
}

const outputs = {
  kind: output(
    oneOf("BackendKind", { lvm: "The embedded LVM of one host.", cinder: "A Cinder, over its REST API." }),
    "Which block service answers for it.",
  ),
  volumeGroup: optionalOutput(plainText, "With LVM: name of the volume group."),
  volumeType: optionalOutput(plainText, "With Cinder: name of the volume type."),
  thin: optionalOutput(boolean(), "With LVM: whether new volumes are thin.", { changesWith: ["lvm"] }),
  activation: optionalOutput(
    oneOf("LvmActivationInUse", { deviceMapper: "By device-mapper.", loop: "By loop devices on their extents." }),
    "With LVM: how its volumes become devices.",
    { changesWith: ["lvm"] },
  ),
  state: output(
    oneOf("BackendState", {
      up: "It can be used.",
      down: "A part of it was missing when last looked: a device of this host, or a volume service of Cinder.",
    }),
    "Whether it could be used when last created, updated or refreshed.",
    { changesWith: "update" },
  ),
  totalGib: optionalOutput(
    wholeNumber("GiB"),
    "Whole GiB that it has for volumes, used and free; absent where Cinder's driver does not tell.",
    { changesWith: "update" },
  ),
  devices: output(listOf(plainText), "With LVM: devices that are its physical volumes.", { changesWith: "update" }),
  services: output(listOf(plainText), "With Cinder: the volume services that serve it, `<host>@<backend>`.", {
    changesWith: "update",
  }),
};

export type BackendInputs = Values<typeof inputs>;
export type BackendOutputs = Values<typeof outputs>;

export const backendDeclaration = {
  name: "Backend",
  doc: "A pool of storage that volumes are made in: an LVM volume group of this host, on devices or on a file behind a loop device, or a volume type of a Cinder. With no inputs at all it is a volume group of 10 GiB in /var/lib/blockbox.",
  inputs,
  outputs,
};
