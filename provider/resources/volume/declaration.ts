import { z } from "zod";
import { defaulted, optional, optionalOutput, required, resolved, type Values } from "../../declaration/property.js";
import { boolean, gib, idOf, mapOf, object, oneOf, plainText, text } from "../../declaration/type.js";
import { isUnknown } from "../../declaration/unknown.js";
import { isUuid, typeOfBackend } from "../../services/cinder/ids.js";
import { groupOfBackend, isSnapshotId } from "../../services/lvm/ids.js";
import { commonInputs, ownName } from "../common.js";
import { serviceOfBackend } from "../serviceOf.js";
import { description, displayName, metadataKey, metadataValue, shortText } from "../texts.js";
import { volumeIdText } from "../volumeId.js";

const backendIdText = z
  .string("must be a Backend or its id")
  .refine(
    (id) => groupOfBackend(id) !== undefined || typeOfBackend(id) !== undefined,
    "must be the id of a Backend: lvm:<volume group> or cinder:<volume type>",
  );

const snapshotIdText = z
  .string("must be a Snapshot or its id")
  .refine(
    (id) => isSnapshotId(id) || isUuid(id),
    "must be the id of a Snapshot: <volume group>/_snapshot-<uuid>, or with Cinder a UUID in lower case",
  );

const adoptInputs = object("VolumeAdopt", {
  serviceHost: required(
    text(
      z
        .string("must be a string")
        .regex(
          /^[^\s@#\p{Cc}]+@[^\s@#\p{Cc}]+#[^#\p{Cc}]+$/u,
          "must be <host>@<backend>#<pool>, as in `cinder get-pools`",
        ),
    ),
    { change: "inPlace", doc: "The pool that has it: `<host>@<backend>#<pool>`." },
  ),
  sourceName: required(shortText, {
    change: "inPlace",
    doc: "What the backend calls it: for LVM, the logical volume's name.",
  }),
});

const inputs = {
  backend: optional(idOf("Backend", backendIdText), {
    // Within Cinder it is a retype, which an id still unknown is taken for. What another service has is never the same volume.
    change: (from, to) => (isOfCinder(from) && (isOfCinder(to) || isUnknown(to)) ? "inPlace" : "replace"),
    doc: "The Backend that the volume is made in, or its id. Left out: Cinder's default volume type. Changed in place within Cinder (a retype), otherwise replaced.",
  }),
  volumeType: optional(shortText, {
    change: "inPlace",
    only: "cinder",
    doc: "Name or UUID of a volume type, instead of `backend`. Changed by a retype.",
  }),
  size: resolved(gib(), {
    change: "growOnly",
    doc: "Size in GiB; may be left out with a source, whose size it then has. Grows in place, attached or not; never shrinks.",
  }),
  name: defaulted(displayName, {
    change: "inPlace",
    default: ownName,
    doc: "Name of the volume: free text.",
  }),
  description: optional(description, { change: "inPlace", doc: "What the volume is for." }),
  metadata: defaulted(mapOf(metadataValue, metadataKey), {
    change: "inPlace",
    default: {},
    doc: "Keys and values of your own, kept with the volume. Keys that were never given here are left alone.",
  }),
  bootable: resolved(boolean(), {
    change: "inPlace",
    doc: "Whether the volume is marked as one to boot from. Left out, that is as its source has it, and false without one.",
  }),
  readOnly: defaulted(boolean(), {
    change: "inPlace",
    default: false,
    doc: "Whether attachments may only read it. Changed while it has none.",
  }),
  snapshotId: optional(idOf("Snapshot", snapshotIdText), {
    change: ofSource,
    doc: "The Snapshot that it starts as a copy of, or its id. At most one of `snapshotId`, `sourceVolumeId` and `adopt`. It may be removed once the volume exists.",
  }),
  sourceVolumeId: optional(idOf("Volume", volumeIdText), {
    change: ofSource,
    doc: "The Volume that it starts as a copy of, or its id. It may be removed once the volume exists.",
  }),
  adopt: optional(adoptInputs, {
    change: "inPlace",
    only: "cinder",
    doc: "What exists on a backend and is taken over as this volume, without copying. Only looked at when the volume is created.",
  }),
  availabilityZone: resolved(shortText, {
    change: "replace",
    only: "cinder",
    doc: "Availability zone. Left out, Cinder chooses.",
  }),
  schedulerHints: optional(mapOf(shortText, z.string().min(1, "has an empty key")), {
    change: "replace",
    only: "cinder",
    doc: "Hints for Cinder's scheduler, such as `different_host` or `same_host` with a volume's id, or `query`.",
  }),
  retypePolicy: defaulted(
    oneOf("RetypePolicy", {
      never: "Only if the volume can stay where it is.",
      onDemand: "Its data are copied to another backend if need be.",
    }),
    { change: "inPlace", only: "cinder", default: "never", doc: "Whether a retype may move the volume." },
  ),
  cascade: defaulted(boolean(), {
    change: "inPlace",
    default: false,
    doc: "Whether deleting the volume deletes its snapshots too. Acts once an update has stored it.",
  }),
  ...commonInputs,
};

function isOfCinder(backendId: unknown): boolean {
  return backendId === undefined || serviceOfBackend(backendId, undefined) === "cinder";
}

function ofSource(_from: unknown, to: unknown): "inPlace" | "replace" {
  return to === undefined ? "inPlace" : "replace";
}

/** A retype may move it to another backend. */
const byType = { changesWith: ["backend", "volumeType"] };

const outputs = {
  volumeTypeName: optionalOutput(plainText, "With Cinder: name of its volume type.", byType),
  serviceHost: optionalOutput(plainText, "With Cinder: the pool that holds it, `<host>@<backend>#<pool>`.", byType),
  encrypted: optionalOutput(boolean(), "With Cinder: whether Cinder encrypts it.", byType),
  multiattach: optionalOutput(boolean(), "With Cinder: whether it may be attached to several hosts at once.", byType),
  createdAt: optionalOutput(plainText, "When it was made, UTC."),
};

export type VolumeInputs = Values<typeof inputs>;
export type VolumeOutputs = Values<typeof outputs>;

export const volumeDeclaration = {
  name: "Volume",
  doc: "A volume of a block service: a Cinder volume, or a logical volume in the Backend's volume group, zeroed before first use.",
  inputs,
  outputs,
};
