import { z } from "zod";
import { defaulted, optional, optionalOutput, required, type Values } from "../../declaration/property.js";
import { boolean, gib, idOf, mapOf, plainText } from "../../declaration/type.js";
import { isUuid } from "../../services/cinder/ids.js";
import { partsOfVolume } from "../../services/lvm/ids.js";
import { commonInputs } from "../common.js";
import { description, displayName, metadataKey, metadataValue } from "../texts.js";

const volumeIdText = z
  .string("must be a Volume or its id")
  .refine(
    (id) => partsOfVolume(id) !== undefined || isUuid(id),
    "must be the id of a Volume: <volume group>/volume-<uuid>, or a UUID with Cinder",
  );

const inputs = {
  volume: required(idOf("Volume", volumeIdText), {
    change: "replace",
    doc: "The Volume that it is taken of, or its id.",
  }),
  name: defaulted(displayName, {
    change: "inPlace",
    default: {
      doc: "the resource's name and 7 hex digits",
      derive: ({ olds, autoName }) => String(olds.name ?? autoName),
    },
    doc: "Name of the snapshot: free text.",
  }),
  description: optional(description, { change: "inPlace", doc: "What the snapshot is for." }),
  metadata: defaulted(mapOf(metadataValue, metadataKey), {
    change: "inPlace",
    default: {},
    doc: "Keys and values of your own, kept with the snapshot. Keys that were never given here are left alone.",
  }),
  force: defaulted(boolean(), {
    change: "replace",
    default: true,
    doc: "Whether it may be taken while the volume is attached.",
  }),
  ...commonInputs,
};

const outputs = {
  size: optionalOutput(gib(), "Size of the volume when it was taken, in GiB."),
  createdAt: optionalOutput(plainText, "When it was taken, UTC."),
};

export type SnapshotInputs = Values<typeof inputs>;
export type SnapshotOutputs = Values<typeof outputs>;

export const snapshotDeclaration = {
  name: "Snapshot",
  doc: "What a volume held at one moment: a snapshot in Cinder, or (with device-mapper) a logical volume. Volumes can begin as copies of it.",
  inputs,
  outputs,
};
