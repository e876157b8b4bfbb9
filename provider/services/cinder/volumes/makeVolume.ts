import { BlockboxError } from "../../../errors.js";
import { awaitCreator } from "../../claims.js";
import { formatMark, newMark } from "../../mark.js";
import type { Identity } from "../../service.js";
import { putNames } from "../api/describe.js";
import { type CinderVolume, listVolumes, postManagedVolume, postVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { makeOnce } from "../makeOnce.js";
import { markEntry, markKey } from "../marks.js";
import { changeMetadata, ownMetadata } from "../metadataChange.js";
import { operationFailed, operationLate } from "../outcome.js";
import type { Seen } from "../poller.js";
import { NothingLeftError, somethingLeft, UnfinishedError } from "../unfinished.js";
import { unmarkWhenQuiet } from "../unmark.js";
import { isAdoptionOf, letGo, removeLeft, sourceEntry } from "./adoption.js";
import { type LetGo, onceLetGo } from "./manage.js";
import { onceAtRest } from "./passing.js";
import { removeVolume } from "./removeVolume.js";
import { setFlags } from "./setFlags.js";
import type { VolumeWish } from "./wish.js";

/** How long the remains of a create that failed may take to go, in ms. */
const cleanUpMs = 60_000;

/** Makes a volume, or takes over the one that a killed create of the same identity left behind (rule 1). */
export function makeVolume(
  cinder: Cinder,
  identity: Identity,
  wish: VolumeWish,
  limitMs: number,
  letGoOf: LetGo = async () => undefined,
): Promise<CinderVolume> {
  return awaitCreator(async () => {
    const left = await cinder.leftVolumes.of(identity);
    return cinder.inFlight.run(async () => {
      const taken = await takeOver(cinder, identity, left, wish, limitMs);
      const make = async () => {
        const id = taken ?? (await post(cinder, identity, wish, limitMs));
        return awaitMade(cinder, identity, id, wish, limitMs);
      };
      const { adopt, size } = wish;
      const made = await (adopt && !taken ? onceLetGo(cinder, { adopt, size }, letGoOf, make) : make());
      unmarkWhenQuiet(cinder, "volumes", made);
      return setFlags(cinder, made, wish).catch((error) => {
        throw BlockboxError.is(error) ? new UnfinishedError(error, made.id) : error;
      });
    });
  });
}

/** One that was left behind and is as wanted, but for what can be changed; all others go. */
async function takeOver(
  cinder: Cinder,
  identity: Identity,
  left: readonly CinderVolume[],
  wish: VolumeWish,
  limitMs: number,
): Promise<string | undefined> {
  if (left.length === 0) return undefined;
  const defaultType = (await cinder.defaultType.get())?.name;
  const kept = left.find((volume) => isAsWanted(volume, wish, defaultType));
  for (const volume of left) {
    if (volume !== kept) await removeLeft(cinder, volume, identity.stack, cleanUpMs);
  }
  if (kept === undefined) return undefined;
  const wanted = { ...wish.metadata, ...markEntry(newMark(identity, limitMs)) };
  const earlier = ownMetadata(kept.metadata, undefined);
  await changeMetadata(cinder.client, "volumes", kept.id, kept.metadata, earlier, wanted);
  await putNames(cinder.client, "volumes", kept.id, { name: wish.name, description: wish.description ?? "" });
  return kept.id;
}

function isAsWanted(volume: CinderVolume, wish: VolumeWish, defaultType: string | undefined): boolean {
  return (
    ["available", "creating", "downloading", "managing"].includes(volume.status) &&
    isAdoptionOf(volume, wish.adopt) &&
    // What is just being taken over has no size yet; its own one has been judged.
    (wish.size === undefined || volume.size === wish.size || wish.adopt !== undefined) &&
    (wish.type ?? defaultType) !== undefined &&
    [volume.volume_type, volume.volume_type_id].includes(wish.type ?? defaultType) &&
    (volume.snapshot_id ?? undefined) === wish.snapshotId &&
    // A copy of then is not one of now; and where hints have put it is not to be seen.
    wish.sourceVolumeId === undefined &&
    !volume.source_volid &&
    wish.schedulerHints === undefined &&
    (wish.availabilityZone === undefined || volume.availability_zone === wish.availabilityZone)
  );
}

/** Sends the request; returns the id. */
async function post(cinder: Cinder, identity: Identity, wish: VolumeWish, limitMs: number): Promise<string> {
  const { client } = cinder;
  const mark = newMark(identity, limitMs);
  const metadata = { ...wish.metadata, ...markEntry(mark), ...(wish.adopt ? sourceEntry(wish.adopt) : {}) };
  const send = () =>
    wish.adopt
      ? postManagedVolume(client, managedBody(wish, wish.adopt, metadata))
      : postVolume(client, body(wish, metadata));
  const look = async () => {
    const query = { metadata: JSON.stringify({ [markKey]: formatMark(mark) }), sort: "created_at:asc" };
    return (await listVolumes(client, query)).map(({ id }) => id);
  };
  const once = () => makeOnce(cinder, send, look);
  const source = wish.sourceVolumeId;
  const id = await (source === undefined ? once() : onceAtRest(cinder, source, limitMs, once));
  cinder.volumes.wrote();
  return id;
}

function body(wish: VolumeWish, metadata: Readonly<Record<string, string>>): object {
  const volume = {
    name: wish.name,
    description: wish.description,
    size: wish.size,
    volume_type: wish.type,
    metadata,
    snapshot_id: wish.snapshotId,
    source_volid: wish.sourceVolumeId,
    availability_zone: wish.availabilityZone,
  };
  return wish.schedulerHints ? { volume, "OS-SCH-HNT:scheduler_hints": wish.schedulerHints } : { volume };
}

function managedBody(
  wish: VolumeWish,
  { serviceHost, sourceName }: NonNullable<VolumeWish["adopt"]>,
  metadata: Readonly<Record<string, string>>,
): object {
  return {
    host: serviceHost,
    ref: { "source-name": sourceName },
    name: wish.name,
    description: wish.description,
    volume_type: wish.type,
    metadata,
    availability_zone: wish.availabilityZone,
  };
}

async function awaitMade(
  cinder: Cinder,
  identity: Identity,
  id: string,
  wish: VolumeWish,
  limitMs: number,
): Promise<CinderVolume> {
  const beganAt = Date.now();
  const what = `Volume ${wish.name} (${id}) could not be created`;
  let last: CinderVolume | undefined;
  const end = (seen: Seen<CinderVolume>): CinderVolume | "gone" | undefined => {
    if (seen === "gone") return "gone";
    last = seen;
    return seen.status === "available" || seen.status.startsWith("error") ? seen : undefined;
  };
  const made = await cinder.volumeWaits.until(id, limitMs, end).catch((error) => {
    throw BlockboxError.is(error) ? new UnfinishedError(error, id) : error;
  });
  if (made === "late") {
    const failed = { id, status: last?.status ?? "unknown", host: last?.["os-vol-host-attr:host"] };
    throw new UnfinishedError(await operationLate(cinder.client, what, limitMs, failed), id);
  }
  if (made === "gone") throw new BlockboxError("SERVICE_FAILED", `${what}: it was deleted meanwhile. Run again.`);
  if (made.status === "available") return made;
  const host = made["os-vol-host-attr:host"];
  const cause = await operationFailed(cinder.client, what, { id, status: made.status, host }, { since: beganAt });
  await removeFailed(cinder, identity, id, wish, cause);
  throw new NothingLeftError(cause);
}

/** Nothing is left of a create that failed; what was to be taken over stays on its backend. */
async function removeFailed(
  cinder: Cinder,
  identity: Identity,
  id: string,
  wish: VolumeWish,
  cause: BlockboxError,
): Promise<void> {
  try {
    if (wish.adopt) await letGo(cinder, id, cleanUpMs);
    else
      await removeVolume(cinder, id, { cascade: false, limitMs: cleanUpMs, isUnfinished: true, stack: identity.stack });
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    throw somethingLeft(cause, error, id);
  }
}
