import { BlockboxError } from "../../errors.js";
import type { SnapshotService } from "../service.js";

const refuse = () => Promise.reject(new BlockboxError("INPUT_REFUSED", "There are no snapshots with LVM yet."));

/** Snapshots of logical volumes. */
export const snapshots: SnapshotService = {
  problems: async () => [],
  create: refuse,
  read: refuse,
  update: refuse,
  delete: refuse,
};
