import { ownTag } from "./tags.js";
import { decodeText, encodeText, joinTags, splitTags, valueIn } from "./tagText.js";

const nameFamily = "blockbox.name";
const keepTag = "blockbox.volumeClear=none";
const sparseTag = "blockbox.sparse";
const deviceMapperTag = "blockbox.activation=deviceMapper";
const adoptedFamily = "blockbox.adopted";
const madeThenAdoptedTag = `${adoptedFamily}=later`;
const ratioFamily = "blockbox.ratio";

/** What the tags of a volume group of ours say, beside its mark. */
export interface GroupFacts {
  /** The Backend's name. */
  readonly name: string;
  readonly volumeClear: "zero" | "none";
  readonly sparse: boolean;
  /** How its volumes become devices. Groups of earlier releases know loop devices alone. */
  readonly activation: "loop" | "deviceMapper";
  /** It is never removed. */
  readonly adopted: boolean;
  /** Whether blockbox has made it, whatever became of it. */
  readonly made: boolean;
  /** How many times its thin pool's size the volumes in it may promise together, from 1. */
  readonly overSubscription: number;
}

/** All tags of a group of ours but its mark. */
export function groupTags(facts: GroupFacts): string[] {
  const { name, volumeClear, sparse, activation, adopted, made, overSubscription } = facts;
  return [
    ownTag,
    ...splitTags(nameFamily, encodeText(name)),
    ...(volumeClear === "none" ? [keepTag] : []),
    ...(sparse ? [sparseTag] : []),
    ...(activation === "deviceMapper" ? [deviceMapperTag] : []),
    ...(adopted ? [made ? madeThenAdoptedTag : adoptedFamily] : []),
    ...(overSubscription === 1 ? [] : [`${ratioFamily}=${overSubscription}`]),
  ];
}

/** The families of these tags, for `tagChanges`. */
export const groupFamilies = [
  nameFamily,
  "blockbox.volumeClear",
  sparseTag,
  "blockbox.activation",
  adoptedFamily,
  ratioFamily,
] as const;

/** Clearing is what happens unless a tag says otherwise: a tag lost behind our back must not leave data behind. */
export function parseGroupTags(tags: readonly string[]): GroupFacts {
  return {
    name: decodeText(joinTags(nameFamily, tags) ?? "") ?? "",
    volumeClear: tags.includes(keepTag) ? "none" : "zero",
    sparse: tags.includes(sparseTag),
    activation: tags.includes(deviceMapperTag) ? "deviceMapper" : "loop",
    adopted: tags.includes(adoptedFamily) || tags.includes(madeThenAdoptedTag),
    made: !tags.includes(adoptedFamily),
    overSubscription: ratioIn(tags),
  };
}

function ratioIn(tags: readonly string[]): number {
  const ratio = Number(valueIn(ratioFamily, tags));
  return Number.isFinite(ratio) ? Math.max(ratio, 1) : 1;
}
