import type { Growth, Layout } from "./growth.js";
import type { Promises } from "./pool/promises.js";
import type { LogicalVolume } from "./report.js";

/** What is planned in one group. */
export interface PlannedChanges {
  readonly layout: Layout;
  readonly growths: readonly { readonly identity: string; readonly lv: LogicalVolume; readonly toGib: number }[];
  readonly creates: readonly { readonly identity: string; readonly sizeGib: number }[];
}

/** Why a group cannot take one of the changes that are planned in it. */
export type Refusal =
  | { identity: string; kind: "growth"; growth: Extract<Growth, { ok: false }> }
  /** `largestGib`: the largest piece that the volumes accepted before it leave, at best. */
  | { identity: string; kind: "create"; sizeGib: number; largestGib: number }
  /** Of volumes in several pieces: what those accepted before it leave of the group, or of what its pool may promise. */
  | { identity: string; kind: "room"; leftGib: number }
  | { identity: string; kind: "promise"; leftGib: number; promises: Promises };
