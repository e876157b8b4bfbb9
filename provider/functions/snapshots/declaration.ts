import { z } from "zod";
import { gib, mapOf, plainText, text } from "../../declaration/type.js";
import { isUuid } from "../../services/cinder/ids.js";
import { partsOfSnapshot } from "../../services/lvm/ids.js";
import { always, cloud, maybe } from "../declaration.js";

const snapshotId = text(
  z
    .string("must be the id of a Snapshot")
    .refine(
      (id) => partsOfSnapshot(id) !== undefined || isUuid(id),
      "must be the id of a Snapshot: <volume group>/_snapshot-<uuid>, or a UUID with Cinder",
    ),
);

export const getSnapshotDeclaration = {
  name: "getSnapshot",
  doc: "A snapshot as it is now, whoever manages it.",
  inputs: { id: always(snapshotId, "Id of the snapshot."), cloud },
  outputs: {
    id: always(plainText, "Id of the snapshot."),
    name: always(plainText, "Its name."),
    description: maybe(plainText, "Its description."),
    volume: always(plainText, "Id of the volume that it was taken of; with LVM that may be gone."),
    size: always(gib(), "Size of that volume when it was taken, in GiB."),
    status: always(
      plainText,
      "What it is doing: `available`, `deleting` or `error` (it ran full, and what it held is lost); with Cinder any status that Cinder has.",
    ),
    metadata: always(mapOf(plainText, z.string()), "Keys and values kept with it; blockbox's own are left out."),
    createdAt: always(plainText, "When it was taken, UTC."),
  },
};
