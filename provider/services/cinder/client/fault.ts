import { z } from "zod";

export interface Fault {
  /** Cinder's name of it, e.g. `itemNotFound`; only from a JSON body of Cinder's own form. */
  readonly name?: string;
  /** The service's own words, on one line. */
  readonly words: string;
}

const named = z.record(z.string(), z.object({ message: z.string(), title: z.string().optional() }));
const plain = z.object({ message: z.string() });

/** What a reply that refuses says: Cinder's and Keystone's JSON, a router's JSON, a proxy's page, or any text. */
export function parseFault(body: string): Fault {
  const json = parseJson(body);
  const own = named.safeParse(json);
  const [entry] = own.success ? Object.entries(own.data) : [];
  // Keystone calls every fault "error" and says which it is in the title.
  if (entry !== undefined)
    return { name: (entry[0] === "error" && entry[1].title) || entry[0], words: line(entry[1].message) };
  const router = plain.safeParse(json);
  return { words: router.success ? line(withoutTags(router.data.message)) : firstWords(body) };
}

/** The beginning of a body, as text on one line. */
export function firstWords(body: string): string {
  const isPage = /^\s*(<!doctype|<html|<\?xml)/i.test(body);
  return isPage ? shorten(pageText(body)) : shorten(line(body));
}

/** undefined for what is no JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function pageText(page: string): string {
  const title = line(withoutTags(/<title[^>]*>([\s\S]*?)<\/title>/i.exec(page)?.[1] ?? ""));
  const text = line(withoutTags(page.replace(/<(head|script|style)\b[\s\S]*?<\/\1\s*>/gi, " ")));
  return title === "" || text.startsWith(title) ? text : `${title}: ${text}`;
}

function withoutTags(text: string): string {
  return text
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&amp;", "&");
}

function line(text: string): string {
  // Control characters could rewrite what a terminal shows.
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

function shorten(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
