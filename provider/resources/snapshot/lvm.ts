import { isUnknown } from "../../declaration/unknown.js";
import { lvm } from "../../services/lvm/index.js";
import type { Location, SeenSnapshot, SnapshotFacts, SnapshotWish } from "../../services/service.js";
import type { Life } from "../resource.js";
import type { SnapshotInputs as Inputs, SnapshotOutputs } from "./declaration.js";

type Record = Inputs & SnapshotOutputs & { __location: Location };

/** A Snapshot of a logical volume. */
export const snapshotWithLvm: Life<Inputs, Record> = {
  deleteBeforeReplace: false,

  async problems(identity, wanted, _asker, before) {
    if (isUnknown(wanted.volume)) return lvm.snapshots.problemsOfAny();
    if (before?.volume === wanted.volume || isUnknown(wanted.force)) return [];
    return lvm.snapshots.problems(identity, wishOf(wanted));
  },

  async refuse(identity) {
    lvm.snapshots.settle(identity);
  },

  repair: () => "none",

  async create(identity, wanted) {
    const { id, facts } = await lvm.snapshots.create(identity, wishOf(wanted));
    return { id, outputs: record(wanted, facts) };
  },

  async read(identity, id, recorded) {
    lvm.snapshots.settle(identity);
    const seen = await lvm.snapshots.read(id, recorded?.__location);
    if (seen === undefined) return undefined;
    const inputs = seenInputs(seen, recorded);
    return { inputs, outputs: record(inputs, seen.facts) };
  },

  async update(_identity, id, olds, news) {
    await lvm.snapshots.update(id, wishOf(news), olds.__location);
    const { size, createdAt, __location } = olds;
    return { ...news, size, createdAt, __location };
  },

  delete: (_identity, id, recorded) => lvm.snapshots.delete(id, recorded.__location),
};

function wishOf({ volume, name, description, metadata, force }: Inputs): SnapshotWish {
  return { volumeId: volume, name, description, metadata, force };
}

function seenInputs({ wish }: SeenSnapshot, recorded: Record | undefined): Inputs {
  const { volumeId, metadata, ...words } = wish;
  const volume = volumeId ?? recorded?.volume ?? "";
  return { volume, ...words, metadata: { ...metadata }, force: recorded?.force ?? true };
}

function record(wanted: Inputs, { location, size, createdAt }: SnapshotFacts): Record {
  return { ...wanted, size, createdAt, __location: location };
}
