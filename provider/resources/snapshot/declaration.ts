import { defaulted, optional, optionalOutput, required, type Values } from "../../declaration/property.js";
import { boolean, gib, idOf, mapOf, plainText } from "../../declaration/type.js";
import { commonInputs, ownName } from "../common.js";
import { description, displayName, metadataKey, metadataValue } from "../texts.js";
import { volumeIdText } from "../volumeId.js";

const inputs = {
  volume: required(idOf("Volume", volumeIdText), {
    change: "replace",
    doc: "The Volume that it is taken of, or its id.",
  }),
  name: defaulted(displayName, {
    change: "inPlace",
    default: ownName,
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
