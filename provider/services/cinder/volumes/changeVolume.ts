import { BlockboxError } from "../../../errors.js";
import { putNames } from "../api/describe.js";
import { actOnVolume, type CinderVolume, getVolume } from "../api/volumes.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import { changeMetadata } from "../metadataChange.js";
import { onceMended, operationFailed, operationLate } from "../outcome.js";
import { UnfinishedError } from "../unfinished.js";
import { unmarkWhenQuiet } from "../unmark.js";
import { setFlags } from "./setFlags.js";
import { wantedType } from "./type.js";
import type { VolumeWish } from "./wish.js";

export interface VolumeChange {
  /** What state records. */
  readonly from: VolumeWish;
  readonly to: VolumeWish;
  readonly retypePolicy: "never" | "onDemand";
  /** Of each step. */
  readonly limitMs: number;
}

/**
 * Brings a volume to what is wanted; each step is done when Cinder shows its outcome. What is so already is not asked
 * for again. Throws UnfinishedError if a step failed after another one was done.
 */
export async function changeVolume(cinder: Cinder, id: string, change: VolumeChange): Promise<CinderVolume> {
  return cinder.inFlight.run(async () => {
    let volume = await idleVolume(cinder, id, change.limitMs);
    unmarkWhenQuiet(cinder, "volumes", volume);
    let isChanged = false;
    for (const step of [grow, retype, describe, flag]) {
      try {
        const next = await step(cinder, volume, change);
        isChanged ||= next !== volume;
        volume = next;
      } catch (error) {
        throw isChanged && BlockboxError.is(error) ? new UnfinishedError(error, id) : error;
      } finally {
        cinder.volumes.wrote();
      }
    }
    return volume;
  });
}

/** Only a volume at rest can be changed: what is under way, such as a create that was late, is waited for. */
async function idleVolume(cinder: Cinder, id: string, limitMs: number): Promise<CinderVolume> {
  const now = await getVolume(cinder.client, id);
  const rests = ({ status }: CinderVolume) =>
    status === "available" || status === "in-use" || status.startsWith("error");
  const isAtRest = rests(now);
  const what = `Volume ${now.name} (${id}) could not be changed`;
  const volume = isAtRest
    ? now
    : await cinder.volumeWaits.until(id, limitMs, (seen) => (seen === "gone" || rests(seen) ? seen : undefined));
  if (volume === "late") throw await operationLate(cinder.client, what, limitMs, now);
  if (volume === "gone") throw new BlockboxError("NOT_FOUND", `${what}: it has been deleted. Run \`pulumi refresh\`.`);
  if (!volume.status.startsWith("error") || volume.status === "error_extending") return volume;
  const advice = `Its data may be whole. ${onceMended("volumes", id)}`;
  throw await operationFailed(cinder.client, what, volume, { advice });
}

async function grow(cinder: Cinder, volume: CinderVolume, { to, limitMs }: VolumeChange): Promise<CinderVolume> {
  if (to.size === undefined || to.size <= volume.size) return volume;
  const { size } = to;
  const what = `Volume ${volume.name} (${volume.id}) could not grow from ${volume.size} to ${size} GiB`;
  if (volume.status === "error_extending") {
    const advice = `An earlier growth failed. ${onceMended("volumes", volume.id)}`;
    throw await operationFailed(cinder.client, what, volume, { advice });
  }
  return act(
    cinder,
    volume,
    what,
    limitMs,
    { "os-extend": { new_size: size } },
    ["extending"],
    (now) => now.size >= size,
    "Run again.",
  );
}

async function retype(cinder: Cinder, volume: CinderVolume, change: VolumeChange): Promise<CinderVolume> {
  const { from, to, retypePolicy, limitMs } = change;
  if (from.type === to.type) return volume;
  const { name, id } = await wantedType(cinder, to.type);
  const has = ({ volume_type, volume_type_id }: CinderVolume) => volume_type_id === id || volume_type === name;
  if (has(volume)) return volume;
  const policy = retypePolicy === "never" ? "never" : "on-demand";
  const action = { "os-retype": { new_type: name, migration_policy: policy } };
  const advice =
    retypePolicy === "never"
      ? ' It can only stay where it is with `retypePolicy: "never"`; "onDemand" lets its data be copied to another backend.'
      : "";
  const what = `Volume ${volume.name} (${volume.id}) could not change from type ${volume.volume_type} to ${name}`;
  return act(cinder, volume, what, limitMs, action, ["retyping"], has, `No backend took it.${advice}`);
}

/** An action and its end: done when the outcome is there, whatever the status says (rule 3). */
async function act(
  cinder: Cinder,
  volume: CinderVolume,
  what: string,
  limitMs: number,
  action: object,
  busy: readonly string[],
  isDone: (now: CinderVolume) => boolean,
  advice: string,
): Promise<CinderVolume> {
  const beganAt = Date.now();
  let requestId: string | undefined;
  try {
    requestId = await actOnVolume(cinder.client, volume.id, action);
  } catch (error) {
    if (!(error instanceof CinderError) || !error.mayHaveHappened) throw error;
    cinder.inFlight.tooMany();
    const now = await getVolume(cinder.client, volume.id);
    if (!busy.includes(now.status) && !isDone(now)) throw error;
  }
  let last = volume;
  const end = await cinder.volumeWaits.until(volume.id, limitMs, (seen) => {
    if (seen === "gone") return "gone";
    last = seen;
    return busy.includes(seen.status) ? undefined : seen;
  });
  const failed = { id: volume.id, status: last.status, host: last["os-vol-host-attr:host"] };
  if (end === "late") throw await operationLate(cinder.client, what, limitMs, failed, requestId);
  if (end === "gone")
    throw new BlockboxError("NOT_FOUND", `${what}: it was deleted meanwhile. Run \`pulumi refresh\`.`);
  if (isDone(end) && !end.status.startsWith("error")) return end;
  const then = end.status.startsWith("error") ? onceMended("volumes", volume.id) : advice;
  throw await operationFailed(cinder.client, what, failed, { since: beganAt, requestId, advice: then });
}

async function describe({ client }: Cinder, volume: CinderVolume, { from, to }: VolumeChange): Promise<CinderVolume> {
  const names = {
    ...(to.name === volume.name ? {} : { name: to.name }),
    ...((to.description ?? "") === (volume.description ?? "") ? {} : { description: to.description ?? "" }),
  };
  if (Object.keys(names).length > 0) await putNames(client, "volumes", volume.id, names);
  await changeMetadata(client, "volumes", volume.id, volume.metadata, from.metadata, to.metadata);
  return getVolume(client, volume.id);
}

function flag(cinder: Cinder, volume: CinderVolume, { to }: VolumeChange): Promise<CinderVolume> {
  return setFlags(cinder, volume, to);
}
