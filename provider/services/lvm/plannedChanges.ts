import type { VolumeSource } from "../service.js";
import type { Growth, Layout } from "./growth.js";
import type { Promises } from "./pool/promises.js";
import type { LogicalVolume } from "./report.js";

/** What one resource of a deployment still means to do in a group. Volumes by their UUIDs. */
export type Intent =
  | { readonly kind: "volume"; readonly sizeGib: number; readonly source?: VolumeSource | undefined }
  | { readonly kind: "growth"; readonly lvUuid: string; readonly toGib: number }
  | { readonly kind: "snapshot"; readonly lvUuid: string }
  | { readonly kind: "attachment"; readonly lvUuid: string };

/** What a group can be: how its volumes are shown, and what its pool may promise if it has one. */
export interface Means {
  /** Whether a volume may be of several pieces, as device-mapper can show them. */
  readonly inPieces: boolean;
  readonly promises: Promises | undefined;
}

/** What all that is planned in one group takes of it. */
export interface PlannedChanges {
  readonly layout: Layout;
  readonly growths: readonly { readonly identity: string; readonly lv: LogicalVolume; readonly toGib: number }[];
  /** In the order of their checks. */
  readonly creates: readonly PlannedCreate[];
}

export interface PlannedCreate {
  readonly identity: string;
  readonly kind: "thick" | "thin" | "thickSnapshot";
  /** What it takes: of what the pool may promise where it is thin, else of the group. */
  readonly sizeGib: number;
  readonly beside?: RoomBeside | undefined;
}

/** For a snapshot of an attached volume that is there while a copy is made of it: of each volume one at a time. */
export interface RoomBeside {
  readonly of: string;
  readonly gib: number;
}

/** Why a group cannot take one of the changes that are planned in it. */
export type Refusal =
  | { identity: string; kind: "growth"; growth: Extract<Growth, { ok: false }> }
  /** `largestGib`: the largest piece that the volumes accepted before it leave, at best. */
  | { identity: string; kind: "create"; sizeGib: number; largestGib: number }
  /** Of what may be in several pieces: what all that was accepted before it leaves of the group, not rounded. */
  | { identity: string; kind: "room"; neededGib: number; besideGib: number; leftGib: number }
  | { identity: string; kind: "promise"; leftGib: number; promises: Promises };
