import { isLeftBehind, isNamed } from "../claims.js";
import { whenQuiet } from "../quiet.js";
import type { Identity } from "../service.js";
import { changeGroup } from "./change.js";
import { lvm } from "./command.js";
import { backendId, volumeId } from "./ids.js";
import type { Group, LogicalVolume } from "./report.js";
import { tagOptions } from "./retag.js";
import { markTag, parseTags } from "./tags.js";

/** Whether a volume is one that a create of this identity left behind. One that the engine has named is being replaced instead. */
export function isLeftVolume(volumeGroup: string, { name, tags }: LogicalVolume, identity: Identity): boolean {
  const { ours, mark } = parseTags(tags);
  return ours && !isNamed("Volume", volumeId(volumeGroup, name)) && isLeftBehind(mark, identity);
}

/** Whether a create of this identity, over or still under way, has made the group: a preview leaves it to create to wait. */
export function isGroupOf({ name, tags }: Group, { digest }: Identity): boolean {
  const { ours, mark } = parseTags(tags);
  return ours && !isNamed("Backend", backendId(name)) && mark?.identity === digest;
}

/** Whether a group is one that a create of this identity left behind. */
export function isLeftGroup({ name, tags }: Group, identity: Identity): boolean {
  const { ours, mark } = parseTags(tags);
  return ours && !isNamed("Backend", backendId(name)) && isLeftBehind(mark, identity);
}

/** Marks to take off, by group: `lv` is empty for the group's own. */
const pending = new Map<string, { readonly lv: string; readonly tag: string }[]>();

/** Takes a mark off in a quiet moment, when state is sure to know the thing. All of a group go in one command. */
export function unmarkWhenQuiet(volumeGroup: string, lv: string, tag: string): void {
  pending.set(volumeGroup, [...(pending.get(volumeGroup) ?? []), { lv, tag }]);
  whenQuiet(`marks of ${volumeGroup}`, () => unmarkAll(volumeGroup));
}

/** As unmarkWhenQuiet, the mark that a volume still has, if any. */
export function unmarkVolumeWhenQuiet({ name: volumeGroup }: Pick<Group, "name">, { name, tags }: LogicalVolume): void {
  const { mark } = parseTags(tags);
  if (mark) unmarkWhenQuiet(volumeGroup, name, markTag(mark));
}

/** What is deleted needs no unmarking. */
export function forgetMarks(volumeGroup: string, lv?: string): void {
  const left = lv === undefined ? [] : (pending.get(volumeGroup) ?? []).filter((mark) => mark.lv !== lv);
  pending.set(volumeGroup, left);
}

async function unmarkAll(volumeGroup: string): Promise<void> {
  await changeGroup(volumeGroup, "taking marks off", async (lock) => {
    const marks = pending.get(volumeGroup) ?? [];
    pending.delete(volumeGroup);
    const groups = marks.filter(({ lv }) => lv === "");
    const volumes = marks.filter(({ lv }) => lv !== "");
    if (groups.length > 0)
      await lvm(["vgchange", ...tagOptions({ remove: groups.map(({ tag }) => tag) }), volumeGroup], { lock });
    // A tag that a volume does not have is no error, so one command serves all.
    const names = [...new Set(volumes.map(({ lv }) => `${volumeGroup}/${lv}`))];
    if (volumes.length > 0)
      await lvm(["lvchange", ...tagOptions({ remove: volumes.map(({ tag }) => tag) }), ...names], { lock });
  });
}
