import { hasUnknown } from "../../declaration/unknown.js";
import { faultOfGroupName } from "../../services/lvm/ids.js";
import { lvm } from "../../services/lvm/index.js";
import type { BackendFacts, BackendWish, Location } from "../../services/service.js";
import { type Life, refusal } from "../resource.js";
import { absolutePath } from "../texts.js";
import type { BackendOutputs, BackendInputs as Inputs } from "./declaration.js";

type Record = Inputs &
  BackendOutputs &
  Omit<BackendFacts, "location" | "directories" | "physicalVolumes"> & {
    __location: Location;
    __directories: readonly string[];
    /** States of earlier releases do not have it. */
    __physicalVolumes?: Readonly<{ [path: string]: string }>;
  };

/** A Backend as a volume group of this host. */
export const backendWithLvm: Life<Inputs, Record> = {
  deleteBeforeReplace: true,

  async problems(identity, wanted, _asker, before) {
    if (hasUnknown(wanted)) return [];
    const wish = wishOf(wanted);
    // Given ones are checked where they are declared; these may come from the name.
    const fault =
      faultOfGroupName(wish.volumeGroup) ??
      (wish.loopFile && absolutePath.schema.safeParse(wish.loopFile.path).error?.issues[0]?.message);
    if (fault !== undefined) {
      const remedy = "give another name, or lvm.volumeGroup and lvm.loopFile.path as well";
      return [{ property: "name", reason: `${fault}; it names the volume group and the file: ${remedy}` }];
    }
    return lvm.backends.problems(identity, wish, before && wishOf(before));
  },

  async refuse(_identity, id, olds, news, differences) {
    const cause = differences.find(({ change }) => change === "replace");
    if (cause === undefined) {
      if (hasUnknown(news)) return;
      const problem = await lvm.backends.refuseChange(id, wishOf(news), factsOf(olds));
      if (problem) throw refusal(problem.property, problem.reason);
      return;
    }
    const reason = await lvm.backends.refuseReplacement(id);
    if (reason !== undefined) throw refusal(cause.path.join("."), reason);
  },

  repair(recorded, _id, wanted) {
    const facts = factsOf(recorded);
    const problem = hasUnknown(wanted) ? undefined : lvm.backends.refuseKernel(wishOf(wanted), facts);
    if (problem) throw refusal(problem.property, problem.reason, "HOST_UNFIT");
    return recorded.state === "down" || lvm.backends.needsRepair(wishOf(recorded), facts) ? "update" : "none";
  },

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
};

/** States of earlier releases lack what came later: it has its default then. */
function wishOf({ name, lvm: group }: Inputs): BackendWish {
  return { name, ...{ adopt: false, devices: [], activation: "auto" as const }, ...group };
}

function record(wanted: Inputs, { location, directories, physicalVolumes, ...facts }: BackendFacts): Record {
  const hidden = { __location: location, __directories: directories, __physicalVolumes: physicalVolumes };
  return { ...wanted, kind: "lvm", services: [], ...facts, ...hidden };
}

function factsOf(recorded: Record): BackendFacts {
  const { volumeGroup, state, thin, totalGib, devices } = recorded;
  // States of earlier releases do not say it: their groups know loop devices alone.
  const activation = recorded.activation ?? "loop";
  const facts = { volumeGroup, state, activation, thin, totalGib, devices, location: recorded.__location };
  return { ...facts, directories: recorded.__directories, physicalVolumes: recorded.__physicalVolumes ?? {} };
}
