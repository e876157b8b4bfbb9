import { isUnknown } from "../../declaration/unknown.js";
import { notice } from "../../host/notice.js";
import type { CinderSnapshot } from "../../services/cinder/api/snapshots.js";
import { type Cinder, cinderOf } from "../../services/cinder/cinder.js";
import { requireUuid } from "../../services/cinder/ids.js";
import { type CinderLocation, findThere, requireThere } from "../../services/cinder/location.js";
import { ownMetadata } from "../../services/cinder/metadataChange.js";
import { problemsOf, settlePlanned } from "../../services/cinder/plan.js";
import { changeSnapshot } from "../../services/cinder/snapshots/changeSnapshot.js";
import { makeSnapshot } from "../../services/cinder/snapshots/makeSnapshot.js";
import { removeSnapshot } from "../../services/cinder/snapshots/removeSnapshot.js";
import type { SnapshotWish } from "../../services/cinder/snapshots/wish.js";
import { unmarkWhenQuiet } from "../../services/cinder/unmark.js";
import { limitsOf } from "../limits.js";
import { metadataProblems } from "../metadataProblems.js";
import { asPartlyMade } from "../partlyMade.js";
import type { Life } from "../resource.js";
import { seenDescription } from "../seenDescription.js";
import type { SnapshotInputs as Inputs, SnapshotOutputs } from "./declaration.js";

/** `__unfinished`: taking it failed, and it may never have been whole. */
type Record = Inputs & SnapshotOutputs & { __location: CinderLocation; __unfinished?: boolean };

/** A Snapshot of a volume of a Cinder. */
export const snapshotWithCinder: Life<Inputs, Record> = {
  deleteBeforeReplace: false,

  async problems(identity, wanted, _asker, before) {
    const own = metadataProblems(wanted.metadata);
    if (own.length > 0 || isUnknown(wanted.cloud) || before?.volume === wanted.volume) return own;
    const cinder = cinderOf(wanted.cloud);
    if (isUnknown(wanted.volume)) {
      const plan = { kind: "snapshot" as const, gib: 0, type: undefined, specs: {} };
      return (await problemsOf(cinder, identity.digest, plan, "volume")).map(ofSnapshot);
    }
    const volume = await cinder.volumes.read(wanted.volume);
    if (volume === undefined)
      return [{ property: "volume", reason: `names no volume of this Cinder: ${wanted.volume}` }];
    if (!wanted.force && volume.status === "in-use")
      return [
        { property: "force", reason: "is false, and the volume is attached: detach it first, or let force be true" },
      ];
    const plan = { kind: "snapshot" as const, gib: volume.size, type: volume.volume_type ?? undefined, specs: {} };
    return (await problemsOf(cinder, identity.digest, plan, "volume")).map(ofSnapshot);
  },

  async refuse(identity, _id, olds) {
    settlePlanned(cinderOf(olds.cloud), identity.digest);
  },

  async repair(recorded, id) {
    if (recorded.__unfinished !== true) return "none";
    const snapshot = await cinderOf(recorded.cloud).snapshots.read(requireUuid("Snapshot", id));
    return snapshot === undefined || snapshot.status.startsWith("error") ? "replace" : "update";
  },

  async create(identity, wanted) {
    const cinder = cinderOf(wanted.cloud);
    settlePlanned(cinder, identity.digest);
    const location = await cinder.client.location();
    try {
      const made = await makeSnapshot(cinder, identity, wishOf(wanted), limitsOf(wanted, cinder).createMs);
      return { id: made.id, outputs: record(wanted, made, location) };
    } catch (error) {
      throw asPartlyMade(error, wanted, location);
    }
  },

  async read(identity, id, recorded) {
    const cinder = cinderOf(recorded?.cloud);
    settlePlanned(cinder, identity.digest);
    requireUuid("Snapshot", id);
    const find = () => cinder.snapshots.read(id);
    const snapshot = await findThere(cinder.client, recorded?.__location, `Snapshot ${id}`, find);
    if (snapshot === undefined) return undefined;
    if (recorded) unmarkWhenQuiet(cinder, "snapshots", snapshot);
    if (snapshot.status.startsWith("error"))
      notice(
        `Snapshot ${snapshot.name ?? ""} (${id}) has status ${snapshot.status} in Cinder: volumes cannot be made of it.`,
      );
    const inputs = seenInputs(snapshot, recorded);
    const seen = record(inputs, snapshot, await cinder.client.location());
    const outputs = recorded?.__unfinished ? { ...seen, __unfinished: true } : seen;
    return { inputs, outputs };
  },

  async update(_identity, id, olds, news) {
    const cinder = cinderOf(olds.cloud);
    await requireRecorded(cinder, id, olds.__location);
    const limitMs = limitsOf(news, cinder).updateMs;
    const changed = await changeSnapshot(cinder, id, wishOf(olds), wishOf(news), limitMs);
    return record(news, changed, await cinder.client.location());
  },

  async delete(_identity, id, recorded) {
    const cinder = cinderOf(recorded.cloud);
    await requireRecorded(cinder, id, recorded.__location);
    await cinder.inFlight.run(() => removeSnapshot(cinder, id, limitsOf(recorded, cinder).deleteMs));
  },
};

function ofSnapshot({ property, reason }: { property: string; reason: string }) {
  return { property, reason: `the snapshot ${reason}` };
}

function requireRecorded(cinder: Cinder, id: string, recorded: CinderLocation): Promise<void> {
  requireUuid("Snapshot", id);
  return requireThere(cinder.client, recorded, `Snapshot ${id}`, () => cinder.snapshots.read(id));
}

function wishOf({ volume, name, description, metadata, force }: Inputs): SnapshotWish {
  return { volumeId: volume, name, description: description?.trim(), metadata, force };
}

function seenInputs(snapshot: CinderSnapshot, recorded: Record | undefined): Inputs {
  const common = {
    volume: snapshot.volume_id,
    name: snapshot.name ?? "",
    ...seenDescription(snapshot.description, recorded?.description),
    metadata: ownMetadata(snapshot.metadata, recorded?.metadata),
    force: recorded?.force ?? true,
  };
  const { cloud, timeouts } = recorded ?? {};
  return { ...common, ...(cloud === undefined ? {} : { cloud }), ...(timeouts === undefined ? {} : { timeouts }) };
}

function record(wanted: Inputs, snapshot: CinderSnapshot, location: CinderLocation): Record {
  return { ...wanted, size: snapshot.size, createdAt: `${snapshot.created_at}Z`, __location: location };
}
