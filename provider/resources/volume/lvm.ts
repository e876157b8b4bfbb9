import { hasUnknown, isUnknown } from "../../declaration/unknown.js";
import type { Failure } from "../../declaration/validate.js";
import { BlockboxError } from "../../errors.js";
import { partsOf } from "../../services/lvm/ids.js";
import { lvm } from "../../services/lvm/index.js";
import type { Location, PoolReference, VolumeFacts, VolumeSource, VolumeWish } from "../../services/service.js";
import { identityOf } from "../identity.js";
import { type Asker, type Life, refusal, replaces } from "../resource.js";
import type { VolumeInputs, VolumeOutputs } from "./declaration.js";
import { withoutKnownSource } from "./knownSource.js";
import { planReadOnly, readOnlyIsSettled } from "./plannedReadOnly.js";

/** A Volume with LVM always names its Backend. */
type Inputs = VolumeInputs & { backend: string };
type Record = Inputs & { size: number } & VolumeOutputs & { __location: Location };

/** A Volume as a logical volume, named as Cinder would name it. */
export const volumeWithLvm: Life<Inputs, Record> = {
  deleteBeforeReplace: false,

  async problems(identity, wanted, asker, before) {
    const own = contradictions(wanted);
    if (own.length > 0) return own;
    const pool = poolOf(wanted.backend, asker.backendUrn);
    const stays = before !== undefined && before.backend === wanted.backend;
    if (stays || pool === undefined) return [];
    if (isUnclear(wanted)) return unknownSourceProblems(wanted, pool);
    const source = await sourceProblems(wanted);
    return source.length > 0 ? source : lvm.volumes.problems(identity, pool, await wishOf(wanted));
  },

  async refuse(identity, id, olds, news, differences, asker) {
    lvm.volumes.settle(identity);
    if (replaces(differences)) {
      if (news.adopt && news.adopt.sourceName === partsOf(id).lv) awaitHandOver(id, asker);
      return;
    }
    if (differences.some(({ path }) => path[0] === "readOnly")) {
      if (await lvm.volumes.isAttached(id, olds.__location))
        throw refusal("readOnly", "cannot change while the volume is attached: detach it first");
      if (!isUnknown(news.readOnly)) planReadOnly(id, news.readOnly === true);
    }
    if (isUnknown(news.size) || news.size === undefined || news.size <= olds.size) return;
    const reason = await lvm.volumes.refuseGrowth(identity, id, olds.__location, news.size);
    if (reason !== undefined) throw refusal("size", reason);
  },

  differing: (olds, _news, differences, id) =>
    withoutKnownSource(differences, async () => {
      const source = (await lvm.volumes.read(id, olds.__location))?.wish.source;
      if (source === undefined) return {};
      return "snapshot" in source ? { snapshotId: source.snapshot } : { sourceVolumeId: source.volume };
    }),

  repair: () => "none",

  async create(identity, wanted) {
    const wish = await wishOf(wanted);
    const { id, facts } = await lvm.volumes.create(identity, wanted.backend, wish);
    return { id, outputs: record(wanted, wish, facts) };
  },

  async read(identity, id, recorded) {
    lvm.volumes.settle(identity);
    const seen = await lvm.volumes.read(id, recorded?.__location);
    if (seen === undefined) return undefined;
    const { backendId: backend, wish, facts } = seen;
    const { source: _source, metadata, ...rest } = wish;
    const inputs = { ...kept(recorded), backend, ...rest, metadata: { ...metadata } } as Inputs;
    return { inputs, outputs: record(inputs, wish, facts) };
  },

  async update(identity, id, olds, news) {
    readOnlyIsSettled(id);
    const wanted = { ...news, size: news.size ?? olds.size, bootable: news.bootable ?? olds.bootable ?? false };
    const wish = await wishOf({ ...wanted, snapshotId: undefined, sourceVolumeId: undefined });
    return record(wanted, wish, await lvm.volumes.update(identity, id, wish, olds.__location));
  },

  async delete(identity, id, recorded) {
    if (awaited.has(id)) await lvm.volumes.requireHandedOver(id, recorded.__location);
    else await lvm.volumes.delete(id, identity.stack, recorded.__location, recorded.cascade === true);
  },
};

/** Volumes that are to be Cinder's before their delete comes, as diff has seen in this process. */
const awaited = new Set<string>();

function awaitHandOver(id: string, { deletesFirst }: Asker): void {
  if (deletesFirst)
    throw refusal(
      "adopt.sourceName",
      "names the volume that is replaced, which `deleteBeforeReplace` would delete before Cinder has taken it over: leave that option out",
    );
  awaited.add(id);
}

/** What contradicts itself, whatever is on this host. */
function contradictions({ size, snapshotId, sourceVolumeId }: Inputs): Failure[] {
  if (snapshotId !== undefined && sourceVolumeId !== undefined) {
    const reason = "cannot be given together with snapshotId: a volume has at most one source";
    return [{ property: "sourceVolumeId", reason }];
  }
  const isCopy = snapshotId !== undefined || sourceVolumeId !== undefined;
  if (size === undefined && !isCopy)
    return [{ property: "size", reason: "is required without snapshotId or sourceVolumeId: a whole number of GiB" }];
  return [];
}

/** What a copy's source has against it. */
async function sourceProblems(wanted: Inputs): Promise<Failure[]> {
  const source = sourceOf(wanted);
  if (source === undefined) return [];
  try {
    const { size } = await lvm.volumes.readSource(source);
    if (wanted.size === undefined || wanted.size >= size) return [];
    return [{ property: "size", reason: `must be at least ${size} GiB, as its source has` }];
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    const property = "snapshot" in source ? "snapshotId" : "sourceVolumeId";
    return [{ property, reason: `cannot be copied. ${error.message}` }];
  }
}

/** What can be said against a copy whose source is still to be made. */
async function unknownSourceProblems(wanted: Inputs, pool: PoolReference): Promise<Failure[]> {
  const property = (["snapshotId", "sourceVolumeId"] as const).find((name) => isUnknown(wanted[name]));
  if (property === undefined) return [];
  const reason = await lvm.volumes.refuseCopies(pool);
  return reason === undefined ? [] : [{ property, reason: `cannot be copied. ${reason}` }];
}

/** Whether what is to be made cannot be told yet. */
function isUnclear({ size, name, snapshotId, sourceVolumeId }: Inputs): boolean {
  return hasUnknown([size, name, snapshotId, sourceVolumeId]);
}

/** What no look at the volume can tell. */
function kept(recorded: Record | undefined): Pick<Inputs, "snapshotId" | "sourceVolumeId" | "cascade"> {
  const { snapshotId, sourceVolumeId, cascade = false } = recorded ?? {};
  return {
    ...(snapshotId === undefined ? {} : { snapshotId }),
    ...(sourceVolumeId === undefined ? {} : { sourceVolumeId }),
    cascade,
  };
}

/** Where the volume is planned: by the Backend's id, or by who the Backend is while its id is still unknown. */
function poolOf(backendId: string, backendUrn: string | undefined): PoolReference | undefined {
  if (!isUnknown(backendId)) return { backendId };
  return backendUrn === undefined ? undefined : { backend: identityOf(backendUrn) };
}

async function wishOf(wanted: Inputs): Promise<VolumeWish> {
  const { name, description, metadata, readOnly = false } = wanted;
  const source = sourceOf(wanted);
  const { size, bootable } = source ? await lvm.volumes.readSource(source) : { size: 0, bootable: false };
  return {
    ...{ name, description, metadata, readOnly, source },
    size: wanted.size ?? size,
    bootable: wanted.bootable ?? bootable,
  };
}

function sourceOf({ snapshotId, sourceVolumeId }: Inputs): VolumeSource | undefined {
  if (snapshotId !== undefined) return { snapshot: snapshotId };
  return sourceVolumeId === undefined ? undefined : { volume: sourceVolumeId };
}

function record(wanted: Inputs, { size, bootable }: VolumeWish, { location, createdAt }: VolumeFacts): Record {
  return { ...wanted, size, bootable, createdAt, __location: location };
}
