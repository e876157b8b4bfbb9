import { ownTag } from "./tags.js";
import { decodeText, encodeText, joinTags, splitTags } from "./tagText.js";

const nameFamily = "blockbox.name";
const keepTag = "blockbox.volumeClear=none";
const sparseTag = "blockbox.sparse";

/** What the tags of a volume group of ours say, beside its mark. */
export interface GroupFacts {
  /** The Backend's name. */
  readonly name: string;
  readonly volumeClear: "zero" | "none";
  readonly sparse: boolean;
}

/** All tags of a group of ours but its mark. */
export function groupTags({ name, volumeClear, sparse }: GroupFacts): string[] {
  return [
    ownTag,
    ...splitTags(nameFamily, encodeText(name)),
    ...(volumeClear === "none" ? [keepTag] : []),
    ...(sparse ? [sparseTag] : []),
  ];
}

/** The families of these tags, for `tagChanges`. */
export const groupFamilies = [nameFamily, "blockbox.volumeClear", sparseTag] as const;

/** Clearing is what happens unless a tag says otherwise: a tag lost behind our back must not leave data behind. */
export function parseGroupTags(tags: readonly string[]): GroupFacts {
  return {
    name: decodeText(joinTags(nameFamily, tags) ?? "") ?? "",
    volumeClear: tags.includes(keepTag) ? "none" : "zero",
    sparse: tags.includes(sparseTag),
  };
}
