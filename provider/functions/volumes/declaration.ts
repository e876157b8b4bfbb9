import { z } from "zod";
import { optional, type Values } from "../../declaration/property.js";
import { boolean, gib, listOf, mapOf, object, plainText, text } from "../../declaration/type.js";
import { shortText } from "../../resources/texts.js";
import { isUuid, typeOfBackend } from "../../services/cinder/ids.js";
import { groupOfBackend, partsOfVolume } from "../../services/lvm/ids.js";
import { always, cloud, maybe } from "../declaration.js";

const volumeId = text(
  z
    .string("must be the id of a Volume")
    .refine(
      (id) => partsOfVolume(id) !== undefined || isUuid(id),
      "must be the id of a Volume: <volume group>/volume-<uuid>, or a UUID with Cinder",
    ),
);

const backendId = text(
  z
    .string("must be the id of a Backend")
    .refine(
      (id) => groupOfBackend(id) !== undefined || typeOfBackend(id) !== undefined,
      "must be the id of a Backend: lvm:<volume group> or cinder:<volume type>",
    ),
);

const attachment = object("VolumeAttachment", {
  attachmentId: always(plainText, "Id of the attachment within its block service: for LVM, the volume's."),
  hostName: maybe(plainText, "Host that has the volume; Cinder tells it to administrators only."),
  device: maybe(plainText, "Its block device: for LVM on this host, with Cinder as that host has said."),
});

const metadata = mapOf(plainText, z.string());

const found = {
  id: always(plainText, "Id of the volume, as a Volume has it."),
  name: always(plainText, "Its name."),
  description: maybe(plainText, "Its description."),
  size: always(gib(), "Size in GiB."),
  status: always(
    plainText,
    "What it is doing: `available`, `in-use` or `deleting`; with Cinder any status that Cinder has.",
  ),
  attachments: always(listOf(attachment), "Who has it."),
  metadata: always(metadata, "Keys and values kept with it; Cinder's and blockbox's own are left out."),
  backend: maybe(
    plainText,
    "Id of the Backend that it is in: `lvm:<volume group>` or `cinder:<volume type>`; absent for a volume without a type.",
  ),
  bootable: maybe(boolean(), "Whether it is marked as one to boot from."),
  readOnly: maybe(boolean(), "Whether attachments may only read it."),
  encrypted: maybe(boolean(), "With Cinder: whether Cinder encrypts it."),
  multiattach: maybe(boolean(), "With Cinder: whether it may be attached to several hosts at once."),
  availabilityZone: maybe(plainText, "With Cinder: its availability zone."),
  serviceHost: maybe(
    plainText,
    "With Cinder: the pool that holds it, `<host>@<backend>#<pool>`; for administrators only.",
  ),
  snapshotId: maybe(plainText, "The snapshot that it was made from."),
  sourceVolumeId: maybe(plainText, "The volume that it was made from."),
  createdAt: maybe(plainText, "When it was made, UTC."),
};

export type FoundVolume = Values<typeof found>;

const one = { id: always(volumeId, "Id of the volume."), cloud };

export const getVolumeDeclaration = {
  name: "getVolume",
  doc: "A volume as it is now, whoever manages it: for what changes by itself, such as its status and who has it.",
  inputs: one,
  outputs: found,
};

const filters = {
  backend: maybe(
    backendId,
    "Only volumes of this Backend; of a volume group of this host (`lvm:<volume group>`), its volumes that blockbox made. Left out: all volumes of the project in Cinder.",
  ),
  volumeType: optional(shortText, {
    change: "inPlace",
    only: "cinder",
    doc: "Only volumes of this type, by its name or UUID.",
  }),
  name: maybe(shortText, "Only volumes of exactly this name."),
  status: maybe(shortText, "Only volumes with this status."),
  metadata: maybe(metadata, "Only volumes that have all of these keys with these values."),
  cloud,
};

export type VolumeFilters = Values<typeof filters>;

export const getVolumesDeclaration = {
  name: "getVolumes",
  doc: "All volumes that meet every filter given, as they are now, in the order of their ids.",
  inputs: filters,
  outputs: { volumes: always(listOf(object("FoundVolume", found)), "The volumes; none is no error.") },
};
