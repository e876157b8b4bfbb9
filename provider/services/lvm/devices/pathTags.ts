import { decodeText, encodeText, joinTags, splitTags } from "../tagText.js";

const pathFamily = "blockbox.device";

/** The tags of a physical volume that was made on a device of `lvm.devices`, or adopted with it: the path as given. */
export function pathTags(path: string): string[] {
  return splitTags(pathFamily, encodeText(path));
}

/** The path that a physical volume's device was given by; nothing for one that no Backend names. */
export function pathIn(tags: readonly string[]): string | undefined {
  const encoded = joinTags(pathFamily, tags);
  return encoded === undefined ? undefined : decodeText(encoded);
}

/** The families of these tags, for `tagChanges`. */
export const pathFamilies = [pathFamily] as const;
