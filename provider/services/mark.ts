import { randomBytes } from "node:crypto";
import { type Creator, thisProcess } from "../host/machine.js";
import type { Identity } from "./service.js";

/** Says, on the thing itself, that its create has begun and that no state may know of it yet. */
export interface Mark {
  /** Digest of the resource's identity, in hex. */
  identity: string;
  /** Digest of project and stack, in hex. */
  stack: string;
  /** Of this one create, in hex. */
  token: string;
  creator: Creator;
  /** Unix seconds. */
  createdAt: number;
}

/** A new mark for a create that begins now. */
export function newMark({ digest, stack }: Identity): Mark {
  const createdAt = Math.floor(Date.now() / 1000);
  return { identity: digest, stack, token: randomBytes(8).toString("hex"), creator: thisProcess(), createdAt };
}

/** `identity:stack:token:machine:pid:start:createdAt`: at most 230 characters with digests of 64. */
export function formatMark({ identity, stack, token, creator, createdAt }: Mark): string {
  return [identity, stack, token, creator.machine, creator.pid, creator.start, createdAt].join(":");
}

const pattern = /^([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):(\d{1,10}):(\d{1,15}):(\d{1,12})$/;

/** The mark behind `formatMark`, or undefined if this is none. */
export function parseMark(text: string | undefined): Mark | undefined {
  const [, identity, stack, token, machine, pid, start, createdAt] = pattern.exec(text ?? "") ?? [];
  if (identity === undefined || stack === undefined || token === undefined || machine === undefined) return undefined;
  return {
    identity,
    stack,
    token,
    creator: { machine, pid: Number(pid), start: Number(start) },
    createdAt: Number(createdAt),
  };
}
