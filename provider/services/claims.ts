import { creatorState, thisProcess } from "../host/machine.js";
import type { Mark } from "./lvm/mark.js";
import type { Identity } from "./service.js";

/** After this long a mark of a process that cannot be asked about is taken for one of the dead, in seconds. */
const operationTimeoutS = 600;

/** Ids that the engine has named in this process: state knows them, so that no create may take them over. */
const named = new Set<string>();

export function stateNames(resource: string, id: string): void {
  named.add(`${resource} ${id}`);
}

export function isNamed(resource: string, id: string): boolean {
  return named.has(`${resource} ${id}`);
}

/**
 * What a mark says of a thing to the create of `identity` (rule 1): its own, left behind by a process that died or gave
 * up; its own, with the creator perhaps still at work; or none of its business.
 */
export function claimOf(mark: Mark | undefined, identity: Identity): "leftBehind" | "underWay" | "foreign" {
  if (mark?.identity !== identity.digest) return "foreign";
  return isAbandoned(mark) ? "leftBehind" : "underWay";
}

/** Whether nobody can be creating the thing any more. One of ours that is not under way now is a create of ours that failed. */
export function isAbandoned({ creator, createdAt }: Mark): boolean {
  const us = thisProcess();
  if (creator.machine === us.machine && creator.pid === us.pid && creator.start === us.start) return true;
  const state = creatorState(creator);
  return state === "dead" || (state === "elsewhere" && Date.now() / 1000 - createdAt > operationTimeoutS);
}
