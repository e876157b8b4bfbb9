import { randomUUID } from "node:crypto";
import type { Lock } from "../../host/lock.js";
import { newMark } from "../mark.js";
import type { Identity, VolumeWish } from "../service.js";
import { idOfSource } from "./ids.js";
import type { Group } from "./report.js";
import { tagOptions } from "./retag.js";
import { markTag, sourceTags, volumeTags } from "./tags.js";

/** One way to a new volume. What it makes is whole, marked and safe to show from the first moment on: returns its name. */
export type MakeVolume = (group: Group, identity: Identity, wish: VolumeWish, lock: Lock) => Promise<string>;

/** A new name as Cinder gives them, and the options of lvcreate that set it with all tags, in the same command. */
export function newVolumeOptions(
  identity: Identity,
  wish: VolumeWish,
  moreTags: readonly string[] = [],
): { name: string; options: string[] } {
  const name = `volume-${randomUUID()}`;
  const source = wish.source ? sourceTags(idOfSource(wish.source)) : [];
  const tags = tagOptions({ add: [...volumeTags(wish), ...source, ...moreTags, markTag(newMark(identity))] });
  const permission = wish.readOnly ? ["--permission", "r"] : [];
  return { name, options: ["--name", name, ...permission, ...tags] };
}
