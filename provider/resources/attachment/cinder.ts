import { hostname } from "node:os";
import { hasUnknown, isUnknown } from "../../declaration/unknown.js";
import type { Failure } from "../../declaration/validate.js";
import { type CinderAttachment, getAttachment } from "../../services/cinder/api/attachments.js";
import type { CinderVolume } from "../../services/cinder/api/volumes.js";
import { connectionInfoOf } from "../../services/cinder/attachments/connectionInfo.js";
import { deleteAttachment } from "../../services/cinder/attachments/deleteAttachment.js";
import { makeAttachment } from "../../services/cinder/attachments/makeAttachment.js";
import { notesOn, unnoteWhenQuiet } from "../../services/cinder/attachments/note.js";
import { diskShowing } from "../../services/cinder/attachments/shownHere.js";
import { type Cinder, cinderOf } from "../../services/cinder/cinder.js";
import { attachmentIdOf, requireAttachmentParts } from "../../services/cinder/ids.js";
import { type CinderLocation, findThere, requireThere } from "../../services/cinder/location.js";
import { isNamedAs } from "../../services/claims.js";
import type { Identity } from "../../services/service.js";
import { limitsOf } from "../limits.js";
import { type Life, refusal, replaces } from "../resource.js";
import { plannedReadOnly } from "../volume/plannedReadOnly.js";
import {
  createHere,
  deleteHere,
  foundHere,
  type HereRecord,
  isHere,
  problemsHere,
  repairHere,
  seenHere,
  updateHere,
} from "./cinderHere.js";
import type { AttachmentInputs as Inputs } from "./declaration.js";
import { refuseMountChanges } from "./mount.js";

/** An Attachment of a Cinder volume: to this host, or with `connector` to another one, which reaches it by itself. */
export const attachmentWithCinder: Life<Inputs, HereRecord> = {
  deleteBeforeReplace: true,

  async problems(identity, wanted, _asker, before) {
    const ofHost = wanted.connector === undefined ? await problemsHere(identity, wanted, before) : refuseMount(wanted);
    if (before !== undefined || isUnknown(wanted.cloud) || isUnknown(wanted.volume)) return ofHost;
    const volume = await cinderOf(wanted.cloud).volumes.read(wanted.volume);
    if (volume === undefined)
      return [{ property: "volume", reason: `names no volume of this Cinder: ${wanted.volume}` }];
    return [...ofHost, ...volumeProblems(identity, wanted, volume)];
  },

  async refuse(_identity, _id, olds, news, differences) {
    if (replaces(differences) || isUnknown(news.size) || news.size === undefined) return;
    if (olds.size !== undefined && news.size < olds.size)
      throw refusal(
        "size",
        `cannot shrink from ${olds.size} to ${news.size} GiB: a volume never does. Ask for at least that`,
      );
    if (isHere(olds) && !hasUnknown(news.mount)) refuseMountChanges(olds, news, differences);
  },

  /** Cinder shows no connector: one that was imported has none in state, and takes the one of its own host for it. */
  async differing(olds, news, differences) {
    if (olds.connector !== undefined || olds.__here || news.connector?.hostName !== olds.hostName) return differences;
    return differences.map((one) => (one.path[0] === "connector" ? { ...one, change: "inPlace" as const } : one));
  },

  repair: (olds, _id, news) => (isHere(olds) && news.connector === undefined ? repairHere(olds) : "none"),

  async create(identity, wanted) {
    const cinder = cinderOf(wanted.cloud);
    const { volume: volumeId, mode, connector } = wanted;
    if (connector === undefined) return createHere(cinder, identity, wanted);
    const wish = { volumeId, mode, connector };
    const made = await makeAttachment(cinder, identity, wish, limitsOf(wanted, cinder).createMs);
    const size = wanted.size ?? (await cinder.volumes.read(wanted.volume))?.size;
    const outputs = record(
      { ...wanted, ...(size === undefined ? {} : { size }) },
      made,
      await cinder.client.location(),
    );
    return { id: attachmentIdOf(wanted.volume, made.id), outputs };
  },

  async read(identity, id, recorded) {
    const cinder = cinderOf(recorded?.cloud);
    const { volumeId, attachmentId } = requireAttachmentParts(id);
    const find = () => getAttachment(cinder.client, attachmentId);
    const found = await findThere(cinder.client, recorded?.__location, `Attachment ${id}`, find);
    // With the attachment removed behind our back, a disk that still shows the volume is left for a delete to detach.
    if (found === undefined)
      return recorded?.__here && diskShowing(recorded.__here) ? { outputs: recorded } : undefined;
    const volume = await cinder.volumes.read(volumeId);
    if (recorded && volume && notesOn(volume).length > 0) unnoteWhenQuiet(cinder, identity, volumeId);
    const location = await cinder.client.location();
    if (recorded && isHere(recorded)) return { outputs: seenHere(recorded) };
    if (recorded) return { outputs: record(inputsOf(recorded), found, location) };
    const hostName = volume?.attachments.find((one) => one.attachment_id === attachmentId)?.host_name ?? "";
    const here = hostName === hostname() ? foundHere(found, location) : undefined;
    if (here) return here;
    const mode: Inputs["mode"] = found.attach_mode === "ro" ? "ro" : "rw";
    const inputs = { volume: found.volume_id, mode, ...(volume ? { size: volume.size } : {}) };
    return { inputs, outputs: { ...record(inputs, found, location), hostName } };
  },

  async update(identity, id, olds, news) {
    const cinder = cinderOf(olds.cloud);
    const parts = requireAttachmentParts(id);
    const { volumeId, attachmentId } = parts;
    await requireRecorded(cinder, id, olds.__location);
    if (isHere(olds) && news.connector === undefined) return updateHere(cinder, identity, parts, olds, news);
    const volume = await cinder.volumes.read(volumeId);
    if (volume !== undefined && news.size !== undefined && volume.size < news.size)
      throw refusal("size", `volume ${volumeId} has ${volume.size} GiB: grow it first, or ask for at most that`);
    const now = await getAttachment(cinder.client, attachmentId);
    const size = news.size ?? volume?.size ?? olds.size;
    const wanted = { ...news, ...(size === undefined ? {} : { size }) };
    return record(wanted, now, await cinder.client.location());
  },

  async delete(identity, id, recorded) {
    const cinder = cinderOf(recorded.cloud);
    await requireRecorded(cinder, id, recorded.__location);
    const parts = requireAttachmentParts(id);
    const { volumeId, attachmentId } = parts;
    if (isHere(recorded)) await deleteHere(cinder, parts, recorded);
    else await cinder.inFlight.run(() => deleteAttachment(cinder, attachmentId));
    // A process that was killed may have left it.
    unnoteWhenQuiet(cinder, identity, volumeId);
  },
};

function refuseMount({ mount }: Inputs): Failure[] {
  if (mount === undefined) return [];
  const reason = "is only without connector: with one, the host attaches by itself, and nothing is mounted here";
  return [{ property: "mount", reason }];
}

/** Against attaching that volume. */
function volumeProblems(identity: Identity, wanted: Inputs, volume: CinderVolume): Failure[] {
  const problems: Failure[] = [];
  // Whatever its value: see makeAttachment.ts. Nor does it matter whether it will be set or taken back.
  const isMarked = "readonly" in volume.metadata || plannedReadOnly(volume.id) !== undefined;
  if (wanted.mode === "rw" && isMarked)
    problems.push({
      property: "mode",
      reason: 'must be "ro": the volume is, or once was, marked read only, and Cinder attaches it so',
    });
  const [held] = volume.attachments.filter(
    ({ attachment_id }) => !isNamedAs("Attachment", attachmentIdOf(volume.id, attachment_id), identity),
  );
  const isOwnLeft = notesOn(volume).some((note) => note.identity === identity.digest);
  const here = wanted.connector === undefined;
  if (here && volume.multiattach && held?.host_name === hostname() && !isOwnLeft) {
    const reason = `has attachment ${held.attachment_id} to this host already: a host attaches a volume once, also one of a multiattach type`;
    problems.push({ property: "volume", reason });
  }
  if (here && volume.encrypted) {
    const reason =
      "is encrypted, and its key is not ours to ask for: give the connector of a host that attaches it by itself";
    problems.push({ property: "volume", reason });
  }
  if (held !== undefined && !volume.multiattach && !isOwnLeft) {
    const host = held.host_name ? ` of host ${held.host_name}` : "";
    problems.push({
      property: "volume",
      reason: `has attachment ${held.attachment_id}${host} already, and its type is not multiattach: delete that one first`,
    });
  }
  return problems;
}

function requireRecorded(cinder: Cinder, id: string, recorded: CinderLocation): Promise<void> {
  const { attachmentId } = requireAttachmentParts(id);
  return requireThere(cinder.client, recorded, `Attachment ${id}`, () => getAttachment(cinder.client, attachmentId));
}

function inputsOf({ volume, size, mode, connector, cloud, timeouts }: HereRecord): Inputs {
  const given = { volume, size, mode, connector, cloud, timeouts };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Inputs;
}

function record(wanted: Inputs, attachment: CinderAttachment, location: CinderLocation): HereRecord {
  const connectionInfo = connectionInfoOf(attachment);
  return {
    ...wanted,
    attachmentId: attachment.id,
    hostName: wanted.connector?.hostName ?? "",
    driverVolumeType: connectionInfo?.driverVolumeType ?? "",
    ...(connectionInfo === undefined ? {} : { connectionInfo }),
    __location: location,
  };
}
