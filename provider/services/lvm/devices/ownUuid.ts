import { createHash, randomBytes } from "node:crypto";
import type { Identity } from "../../service.js";

/**
 * A physical volume gets a UUID of ours when it is made: until it is in its group, nothing else says whose it is. A
 * create that follows a killed one knows by its beginning that the device is not somebody's, but half made.
 */
export type PvOwner = string & { readonly of: "physical volumes" };

/** For the group that an identity makes. */
export function ownerByIdentity({ digest }: Identity): PvOwner {
  return ownerBy(digest);
}

/** For devices that are added to a group. */
export function ownerByGroup(vgUuid: string): PvOwner {
  return ownerBy(vgUuid);
}

function ownerBy(whose: string): PvOwner {
  return `bb${createHash("sha256").update(whose).digest("hex").slice(0, 18)}` as PvOwner;
}

/** As lvm writes it: 32 characters in groups of 6, 4, 4, 4, 4, 4, 6. */
export function newPvUuid(owner: PvOwner): string {
  const text = `${owner}${randomBytes(6).toString("hex")}`;
  return text.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, "$1-$2-$3-$4-$5-$6-$7");
}

export function isPvUuidOf(uuid: string, owners: readonly PvOwner[]): boolean {
  const plain = uuid.replaceAll("-", "");
  return owners.some((owner) => plain.startsWith(owner));
}
