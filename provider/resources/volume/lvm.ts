import { hasUnknown, isUnknown } from "../../declaration/unknown.js";
import { lvm } from "../../services/lvm/index.js";
import type { Location, PoolReference, VolumeFacts, VolumeWish } from "../../services/service.js";
import { identityOf } from "../identity.js";
import { type Life, refusal, replaces } from "../resource.js";
import type { VolumeInputs, VolumeOutputs } from "./declaration.js";

/** What of a Volume's inputs is there with LVM. */
type Inputs = VolumeInputs & { backend: string; size: number };
type Record = Inputs & VolumeOutputs & { __location: Location };

/** A Volume as a linear logical volume, named as Cinder would name it. */
export const volumeWithLvm: Life<Inputs, Record> = {
  deleteBeforeReplace: false,

  async problems(identity, wanted, asker, before) {
    if (wanted.size === undefined) return [{ property: "size", reason: "is required with LVM: a whole number of GiB" }];
    const pool = poolOf(wanted.backend, asker.backendUrn);
    const stays = before !== undefined && before.backend === wanted.backend;
    if (stays || pool === undefined || hasUnknown([wanted.size, wanted.name])) return [];
    return lvm.volumes.problems(identity, pool, wishOf(wanted));
  },

  async refuse(identity, id, olds, news, differences) {
    lvm.volumes.settle(identity);
    if (replaces(differences) || isUnknown(news.size) || news.size <= olds.size) return;
    const reason = await lvm.volumes.refuseGrowth(identity, id, olds.__location, news.size);
    if (reason !== undefined) throw refusal("size", reason);
  },

  repair: () => "none",

  async create(identity, wanted) {
    const { id, facts } = await lvm.volumes.create(identity, wanted.backend, wishOf(wanted));
    return { id, outputs: record(wanted, facts) };
  },

  async read(identity, id, recorded) {
    lvm.volumes.settle(identity);
    const seen = await lvm.volumes.read(id, recorded?.__location);
    if (seen === undefined) return undefined;
    // What is only with Cinder has no value here.
    const seenInputs = {
      backend: seen.backendId,
      ...seen.wish,
      metadata: { ...seen.wish.metadata },
    } as unknown as Inputs;
    return { inputs: seenInputs, outputs: record(seenInputs, seen.facts) };
  },

  async update(identity, id, olds, news) {
    return record(news, await lvm.volumes.update(identity, id, wishOf(news), olds.__location));
  },

  delete: (identity, id, recorded) => lvm.volumes.delete(id, identity.stack, recorded.__location, recorded.cascade),
};

/** Where the volume is planned: by the Backend's id, or by who the Backend is while its id is still unknown. */
function poolOf(backendId: string, backendUrn: string | undefined): PoolReference | undefined {
  if (!isUnknown(backendId)) return { backendId };
  return backendUrn === undefined ? undefined : { backend: identityOf(backendUrn) };
}

function wishOf({ name, size, description, metadata }: Inputs): VolumeWish {
  return { name, size, description, metadata, bootable: false, readOnly: false };
}

function record(wanted: Inputs, { location, createdAt }: VolumeFacts): Record {
  return { ...wanted, createdAt, __location: location };
}
