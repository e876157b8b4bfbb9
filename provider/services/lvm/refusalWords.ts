import { growthWords } from "./growthWords.js";
import type { Refusal } from "./plannedChanges.js";
import { promiseRemedy } from "./pool/promises.js";
import { poolName } from "./thinPool.js";

/** Why a new volume does not fit; reads after "has a problem: ". */
export function createRefusal(volumeGroup: string, refusal: Exclude<Refusal, { kind: "growth" }>): string {
  const planned = `volume group ${volumeGroup}, with all that is planned in it,`;
  switch (refusal.kind) {
    case "create": {
      const { largestGib } = refusal;
      const left = largestGib === 0 ? "has no whole GiB free" : `has no more than ${largestGib} GiB free in one piece`;
      return `does not fit: ${planned} ${left}. Let the Backend's loopFile grow, or ask for less`;
    }
    case "room":
      return `does not fit: ${planned} has no more than ${Math.floor(refusal.leftGib)} GiB free${besideWords(refusal)}. Let the Backend grow, or ask for less`;
    case "promise":
      return `does not fit: ${poolWords(volumeGroup, refusal)}`;
  }
}

/** Why a volume cannot grow to that size; reads after "has a problem: ". */
export function growthRefusal(volumeGroup: string, refusal: Refusal, toGib: number): string {
  switch (refusal.kind) {
    case "growth":
      return growthWords(refusal.growth, toGib);
    case "promise":
      return `cannot grow to ${toGib} GiB: ${poolWords(volumeGroup, refusal)}`;
    case "room":
    case "create": {
      const left = refusal.kind === "room" ? Math.floor(refusal.leftGib) : refusal.largestGib;
      return `cannot grow to ${toGib} GiB: volume group ${volumeGroup}, with all that is planned in it, has no more than ${left} GiB free. Let the Backend grow, or ask for less`;
    }
  }
}

/** Why a group has no room for a thick snapshot; reads after "has a problem: ". */
export function snapshotRefusal(volumeGroup: string, refusal: Extract<Refusal, { kind: "room" }>): string {
  const { neededGib, leftGib } = refusal;
  return `cannot have a snapshot: it needs ${neededGib.toFixed(2)} GiB for what will change, and volume group ${volumeGroup}, with all that is planned in it, has ${leftGib.toFixed(2)} GiB free. Let the Backend grow, or delete volumes`;
}

function besideWords({ besideGib }: Extract<Refusal, { kind: "room" }>): string {
  if (besideGib === 0) return "";
  return `, and needs ${besideGib.toFixed(2)} GiB beside a copy for the snapshot from which what is attached is copied`;
}

function poolWords(volumeGroup: string, { promises, leftGib }: Extract<Refusal, { kind: "promise" }>): string {
  const pool = `thin pool ${volumeGroup}/${poolName(volumeGroup)}`;
  if (promises.fault !== undefined) return `${pool} ${promises.fault}`;
  const { dataGib, overSubscription } = promises;
  const may = overSubscription === 1 ? "" : ` and may promise ${overSubscription} times that`;
  return `${pool} has ${dataGib.toFixed(1)} GiB${may}; with all that is planned in it, ${leftGib} GiB are left. ${promiseRemedy}`;
}
