import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../errors.js";
import { deviceClaims, deviceUsers } from "./users.js";

/** How long a process may have a device open and still be passing, in ms. */
const passingLimitMs = 3_000;

/**
 * Waits until nothing uses a device: openers may be passing, as any lvm command opens all devices; what has claimed the
 * device stays. Throws IN_USE with all that uses it; `what` is the device in words.
 */
export async function waitUntilUnused(device: string, what: string): Promise<void> {
  for (const start = performance.now(); ; await sleep(50)) {
    const users = deviceUsers(device);
    if (users.length === 0) return;
    const isOver = performance.now() - start > passingLimitMs;
    if (isOver || deviceClaims(device).length > 0) throw cannotLetGo(what, users);
  }
}

export function cannotLetGo(what: string, users: readonly string[]): BlockboxError {
  const who = users.length > 0 ? users.join("; ") : "something that cannot be seen from here has it open";
  return new BlockboxError("IN_USE", `${what} cannot be let go of: ${who}.`);
}
