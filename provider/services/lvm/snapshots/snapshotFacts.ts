import type { SnapshotFacts } from "../../service.js";
import type { Group, LogicalVolume } from "../report.js";
import { volumeFacts } from "../volumeFacts.js";
import { takenOf } from "./snapshotTags.js";

/** What a Snapshot's outputs say of its logical volume. */
export function snapshotFacts(group: Group, lv: LogicalVolume): SnapshotFacts {
  return { ...volumeFacts(group, lv), size: takenOf(lv).sizeGib };
}
