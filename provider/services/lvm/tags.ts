import { formatMark, type Mark, parseMark } from "../mark.js";
import type { NotedMount } from "../service.js";
import { decodeText, encodeText, joinTags, splitTags, valueIn } from "./tagText.js";

/** The tag of every group and volume that blockbox made. */
export const ownTag = "blockbox";
/** On a volume whose deletion has begun. */
export const deletingTag = "blockbox.deleting";
/** On a volume from before its mkfs until after it: only this lets mkfs run again. */
export const formattingTag = "blockbox.formatting";
/** On a volume to boot from. */
export const bootableTag = "blockbox.bootable";
/** On a copy that is made byte by byte, until it is whole. */
export const copyingTag = "blockbox.copying";

const nameFamily = "blockbox.name";
const descriptionFamily = "blockbox.description";
const metadataFamily = "blockbox.metadata";
const markFamily = "blockbox.mark";
const attachmentMarkFamily = "blockbox.attachmark";
const clearFamily = "blockbox.clear";
const sourceFamily = "blockbox.source";
const directoryFamily = "blockbox.directory";
const mountPathFamily = "blockbox.mountpath";

/** The families of what a user says about a volume, for `tagChanges`. */
export const descriptiveFamilies = [nameFamily, descriptionFamily, metadataFamily, bootableTag] as const;

/** What a user says about a volume. */
export interface Description {
  name: string;
  description?: string | undefined;
  metadata?: Readonly<Record<string, string>> | undefined;
  bootable?: boolean | undefined;
}

/** What the tags of a group or volume say. What is malformed is left out. */
export interface TagFacts {
  ours: boolean;
  name?: string;
  description?: string;
  metadata?: Record<string, string>;
  mark?: Mark;
  attachmentMark?: Mark;
  /** The outermost directory that a create which has begun made, or was about to. */
  madeDirectory?: string;
  /** Where an attachment that has begun, or moved, was about to mount. */
  mount?: NotedMount;
  deleting: boolean;
  formatting: boolean;
  bootable: boolean;
  copying: boolean;
  /** Id of the Snapshot or Volume that it began as a copy of. */
  source?: string;
  /** Bytes from the volume's start that still need no clearing, while it is being cleared. */
  clearFrom?: number;
}

/** All descriptive tags of a volume, its `blockbox` tag included. */
export function volumeTags({ name, description, metadata, bootable }: Description): string[] {
  const pairs = Object.entries(metadata ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encodeText(key)}=${encodeText(value)}`);
  return [
    ownTag,
    ...splitTags(nameFamily, encodeText(name)),
    ...(description === undefined ? [] : splitTags(descriptionFamily, encodeText(description))),
    ...(pairs.length === 0 ? [] : splitTags(metadataFamily, pairs.join("&"))),
    ...(bootable ? [bootableTag] : []),
  ];
}

/** On a copy, from its first moment on: the id of what it is a copy of. */
export function sourceTags(id: string): string[] {
  return splitTags(sourceFamily, encodeText(id));
}

export function markTag(mark: Mark): string {
  return `${markFamily}=${formatMark(mark)}`;
}

export function attachmentMarkTag(mark: Mark): string {
  return `${attachmentMarkFamily}=${formatMark(mark)}`;
}

/** The outermost directory that a create is about to make for what it makes. */
export function directoryTags(outermost: string | undefined): string[] {
  return outermost === undefined ? [] : splitTags(directoryFamily, encodeText(outermost));
}

/** Where an attachment that begins, or moves, is about to mount, and the outermost directory that it makes for that. */
export function mountTags({ path, madeDirectory }: NotedMount): string[] {
  return [...splitTags(mountPathFamily, encodeText(path)), ...directoryTags(madeDirectory)];
}

/** The tags among these that only say that a create has begun: they go when state is sure to know the thing. */
export function creationTags(tags: readonly string[]): string[] {
  return tags.filter((tag) =>
    [markFamily, attachmentMarkFamily, directoryFamily, mountPathFamily].some((family) => isOf(family, tag)),
  );
}

/** Those of the tags that blockbox gave. */
export function tagsOfOurs(tags: readonly string[]): string[] {
  return tags.filter((tag) => isOf(ownTag, tag));
}

export function clearTag(fromBytes: number): string {
  return `${clearFamily}=${fromBytes}`;
}

/** Each create looks at the tags of all volumes of its group: of one report they are read once. */
const parsed = new WeakMap<readonly string[], TagFacts>();

/** The facts in the tags of one volume or group. Never throws. */
export function parseTags(tags: readonly string[]): TagFacts {
  const facts = parsed.get(tags) ?? factsIn(tags);
  parsed.set(tags, facts);
  return facts;
}

function factsIn(tags: readonly string[]): TagFacts {
  const name = textOf(nameFamily, tags);
  const description = textOf(descriptionFamily, tags);
  const metadata = parseMetadata(joinTags(metadataFamily, tags));
  const mark = parseMark(valueIn(markFamily, tags));
  const attachmentMark = parseMark(valueIn(attachmentMarkFamily, tags));
  const clear = valueIn(clearFamily, tags);
  const madeDirectory = textOf(directoryFamily, tags);
  const mountPath = textOf(mountPathFamily, tags);
  const source = textOf(sourceFamily, tags);
  return {
    ours: tags.includes(ownTag),
    deleting: tags.includes(deletingTag),
    formatting: tags.includes(formattingTag),
    bootable: tags.includes(bootableTag),
    copying: tags.includes(copyingTag),
    ...(name === undefined ? {} : { name }),
    ...(source === undefined ? {} : { source }),
    ...(madeDirectory === undefined ? {} : { madeDirectory }),
    ...(mountPath === undefined ? {} : { mount: { path: mountPath, madeDirectory } }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(mark === undefined ? {} : { mark }),
    ...(attachmentMark === undefined ? {} : { attachmentMark }),
    ...(clear !== undefined && /^\d{1,15}$/.test(clear) ? { clearFrom: Number(clear) } : {}),
  };
}

/** How to get from the current tags to the wanted ones; both are looked at only as far as they are of these families. */
export function tagChanges(
  current: readonly string[],
  wanted: readonly string[],
  families: readonly string[],
): { add: string[]; remove: string[] } {
  const ofFamilies = (tags: readonly string[]) => tags.filter((tag) => families.some((family) => isOf(family, tag)));
  const [before, after] = [ofFamilies(current), ofFamilies(wanted)];
  return {
    add: after.filter((tag) => !before.includes(tag)),
    remove: before.filter((tag) => !after.includes(tag)),
  };
}

function isOf(family: string, tag: string): boolean {
  return tag === family || tag.startsWith(`${family}=`) || tag.startsWith(`${family}.`);
}

function textOf(family: string, tags: readonly string[]): string | undefined {
  const encoded = joinTags(family, tags);
  return encoded === undefined ? undefined : decodeText(encoded);
}

function parseMetadata(encoded: string | undefined): Record<string, string> | undefined {
  if (encoded === undefined) return undefined;
  const pairs = encoded.split("&").map((pair) => {
    const [key, value, ...rest] = pair.split("=").map(decodeText);
    return rest.length > 0 || key === undefined || value === undefined ? undefined : ([key, value] as const);
  });
  // fromEntries defines own properties, so a key `__proto__` is a key like any other.
  return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : undefined;
}
