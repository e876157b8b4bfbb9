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

/** How long a create may usually take, in seconds: after that its mark is old (see claims.ts). */
export const usualCreateS = 600;

/** A new mark for a create that begins now. One that may take longer than usual is marked as begun by so much later. */
export function newMark({ digest, stack }: Identity, limitMs = 0): Mark {
  const createdAt = Math.floor(Date.now() / 1000) + Math.max(0, Math.ceil(limitMs / 1000) - usualCreateS);
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
