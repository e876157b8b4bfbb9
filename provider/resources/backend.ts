import { z } from "zod";
import { defaulted, output, type Values } from "../declaration/property.js";
import { boolean, gib, listOf, object, oneOf, plainText, text, wholeNumber } from "../declaration/type.js";
import { hasUnknown } from "../declaration/unknown.js";
import { faultOfGroupName } from "../services/lvm/ids.js";
import { lvm } from "../services/lvm/index.js";
import type { BackendFacts, BackendWish, Location } from "../services/service.js";
import { refusal, resource } from "./resource.js";
import { absolutePath, displayName } from "./texts.js";

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

const lvmInputs = object("BackendLvm", {
  volumeGroup: defaulted(groupName, {
    change: "replace",
    default: { doc: "the Backend's `name`", derive: ({ inputs }) => String(inputs.name) },
    doc: "Name of the volume group, which this Backend makes.",
  }),
  loopFile: defaulted(loopFile, {
    change: "inPlace",
    default: {},
    doc: "The file behind a loop device that is the group's physical volume.",
  }),
  volumeClear: defaulted(
    oneOf("VolumeClear", { zero: "Overwritten with zeros.", none: "Left as it is on the disk." }),
    { change: "inPlace", default: "zero", doc: "What becomes of a volume's data when the volume is deleted." },
  ),
});

const inputs = {
  name: defaulted(displayName, {
    change: "replace",
    default: {
      doc: "the resource's name and 7 hex digits",
      derive: ({ olds, autoName }) => String(olds.name ?? autoName),
    },
    doc: "Name of the Backend.",
  }),
  lvm: defaulted(lvmInputs, { change: "inPlace", default: {}, doc: "A volume group of this host's lvm2." }),
};

const outputs = {
  kind: output(oneOf("BackendKind", { lvm: "The embedded LVM of one host." }), "Which block service answers for it."),
  volumeGroup: output(plainText, "Name of the volume group."),
  thin: output(boolean(), "Whether new volumes are thin."),
  activation: output(
    oneOf("LvmActivation", { loop: "Volumes are reached by loop devices on their extents, without device-mapper." }),
    "How its volumes become devices.",
  ),
  state: output(
    oneOf("BackendState", { up: "It can be used.", down: "A part of it was missing on this host when last looked." }),
    "Whether it could be used when last created, updated or refreshed.",
  ),
  totalGib: output(wholeNumber("GiB"), "Whole GiB that it has for volumes, used and free."),
  devices: output(listOf(plainText), "Devices that are its physical volumes."),
};

type Inputs = Values<typeof inputs>;
type Record = Inputs & Values<typeof outputs> & { __location: Location; __directories: readonly string[] };

/** A pool of storage: here a volume group of this host, on a file behind a loop device. */
export const backend = resource<typeof inputs, typeof outputs, Record>(
  {
    name: "Backend",
    doc: "A pool of storage that volumes are made in: an LVM volume group of this host, on a file behind a loop device. With no inputs at all it is one of 10 GiB in /var/lib/blockbox.",
    inputs,
    outputs,
  },
  {
    deleteBeforeReplace: true,

    async problems(identity, wanted, _asker, before) {
      if (hasUnknown(wanted)) return [];
      const wish = wishOf(wanted);
      // Given ones are checked where they are declared; these may come from the name.
      const fault =
        faultOfGroupName(wish.volumeGroup) ??
        absolutePath.schema.safeParse(wish.loopFile.path).error?.issues[0]?.message;
      if (fault !== undefined) {
        const remedy = "give another name, or lvm.volumeGroup and lvm.loopFile.path as well";
        return [{ property: "name", reason: `${fault}; it names the volume group and the file: ${remedy}` }];
      }
      return lvm.backends.problems(identity, wish, before && wishOf(before));
    },

    async refuse(_identity, id, _olds, _news, differences) {
      const cause = differences.find(({ change }) => change === "replace");
      const reason = cause && (await lvm.backends.refuseReplacement(id));
      if (cause && reason !== undefined) throw refusal(cause.path.join("."), reason);
    },

    needsRepair: (recorded) => recorded.state === "down" || lvm.backends.needsRepair(wishOf(recorded)),

    async create(identity, wanted) {
      const { id, facts } = await lvm.backends.create(identity, wishOf(wanted));
      return { id, outputs: record(wanted, facts) };
    },

    async read(_identity, id, recorded) {
      const seen = await lvm.backends.read(id, recorded && { wish: wishOf(recorded), facts: factsOf(recorded) });
      if (seen === undefined) return undefined;
      const { name, ...group } = seen.wish;
      const seenInputs: Inputs = { name, lvm: group };
      return { inputs: seenInputs, outputs: record(seenInputs, seen.facts) };
    },

    async update(_identity, id, olds, news) {
      return record(news, await lvm.backends.update(id, wishOf(news), factsOf(olds)));
    },

    delete: (identity, id, recorded) => lvm.backends.delete(id, identity.stack, wishOf(recorded), factsOf(recorded)),
  },
);

function wishOf({ name, lvm: group }: Inputs): BackendWish {
  return { name, ...group };
}

function record(wanted: Inputs, { location, directories, ...facts }: BackendFacts): Record {
  return { ...wanted, kind: "lvm", ...facts, __location: location, __directories: directories };
}

function factsOf(recorded: Record): BackendFacts {
  const { volumeGroup, state, activation, thin, totalGib, devices, __location: location } = recorded;
  return { volumeGroup, state, activation, thin, totalGib, devices, location, directories: recorded.__directories };
}
