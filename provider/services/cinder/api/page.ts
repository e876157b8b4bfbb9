import { z } from "zod";
import type { CinderClient } from "../client/client.js";

/** What Cinder gives at once at most, unless its operator lowered it (`osapi_max_limit`). */
const PAGE = 1_000;

interface Listed {
  readonly id: string;
}

/**
 * All of a list, page by page. The links that Cinder gives are only looked at for whether there is more: behind a proxy
 * they name the wrong host. A thing that is deleted between two pages may be missing, or the marker gone: see `reads.ts`.
 */
export async function listAll<T extends Listed>(
  client: CinderClient,
  path: readonly string[],
  name: string,
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string | number>> = {},
): Promise<T[]> {
  const link = z.object({ rel: z.string() });
  const pageSchema = z.object({ [name]: z.array(schema), [`${name}_links`]: z.array(link).optional() });
  const all: T[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await client.get(path, pageSchema, {
      ...query,
      limit: PAGE,
      ...(marker === undefined ? {} : { marker }),
    });
    const things = page[name] as T[];
    const links = (page[`${name}_links`] ?? []) as { rel: string }[];
    all.push(...things);
    marker = things.at(-1)?.id;
    if (marker === undefined || !links.some(({ rel }) => rel === "next")) return all;
  }
}
