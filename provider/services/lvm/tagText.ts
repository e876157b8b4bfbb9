/** lvm allows 1,024 bytes for a tag; shorter ones keep its reports and command lines readable. */
const longestTag = 250;

/** Any text in characters that lvm allows in a tag: bytes other than `A-Za-z0-9_./-` become `+hh`. */
export function encodeText(text: string): string {
  return Array.from(Buffer.from(text, "utf8"), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_./-]/.test(character) ? character : `+${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

/** The text behind `encodeText`, or undefined if this is not what it writes. */
export function decodeText(encoded: string): string | undefined {
  if (!/^(?:[A-Za-z0-9_./-]|\+[0-9a-f]{2})*$/.test(encoded)) return undefined;
  try {
    return decodeURIComponent(encoded.replaceAll("+", "%"));
  } catch {
    return undefined;
  }
}

/** One value as tags `family.0=…`, `family.1=…`, none longer than 250 bytes. */
export function splitTags(family: string, encoded: string): string[] {
  const room = longestTag - `${family}.000=`.length;
  const count = Math.max(1, Math.ceil(encoded.length / room));
  return Array.from({ length: count }, (_, at) => `${family}.${at}=${encoded.slice(at * room, (at + 1) * room)}`);
}

/** The value behind `splitTags`, whatever the order of the tags; undefined if there is none or a piece is missing. */
export function joinTags(family: string, tags: readonly string[]): string | undefined {
  const pieces = new Map<number, string>();
  for (const tag of tags) {
    const match = tag.startsWith(`${family}.`) ? /^(\d{1,3})=(.*)$/.exec(tag.slice(family.length + 1)) : null;
    if (match?.[1] !== undefined && match[2] !== undefined) pieces.set(Number(match[1]), match[2]);
  }
  const inOrder = Array.from({ length: pieces.size }, (_, at) => pieces.get(at));
  return pieces.size > 0 && inOrder.every((piece) => piece !== undefined) ? inOrder.join("") : undefined;
}

/** The value of a family that has one tag, `family=…`. */
export function valueIn(family: string, tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(`${family}=`))?.slice(family.length + 1);
}
