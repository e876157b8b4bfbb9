import { z } from "zod";
import { gib, mapOf, plainText, text } from "../../declaration/type.js";
import { isUuid } from "../../services/cinder/ids.js";
import { always, cloud, maybe } from "../declaration.js";

const snapshotId = text(
  z
    .string("must be the id of a Snapshot")
    .refine(isUuid, "must be the id of a Snapshot in Cinder, a UUID: there are no snapshots with LVM yet"),
);

export const getSnapshotDeclaration = {
  name: "getSnapshot",
  doc: "A snapshot in Cinder as it is now, whoever manages it.",
  inputs: { id: always(snapshotId, "Id of the snapshot."), cloud },
  outputs: {
    id: always(plainText, "Id of the snapshot."),
    name: always(plainText, "Its name."),
    description: maybe(plainText, "Its description."),
    volume: always(plainText, "Id of the volume that it was taken of."),
    size: always(gib(), "Size of that volume when it was taken, in GiB."),
    status: always(plainText, "What it is doing: any status that Cinder has, such as `available` or `error`."),
    metadata: always(mapOf(plainText, z.string()), "Keys and values kept with it; blockbox's own are left out."),
    createdAt: always(plainText, "When it was taken, UTC."),
  },
};
