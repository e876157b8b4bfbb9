import { z } from "zod";
import { BlockboxError } from "../../../errors.js";
import type { CinderClient } from "../client/client.js";
import { isNotFound } from "../client/error.js";

/** What Cinder gives at once at most, unless its operator lowered it (`osapi_max_limit`). */
const PAGE = 1_000;

interface Listed {
  readonly id: string;
}

/** How often a list is begun whose pages things vanish from. */
const attempts = 5;

/**
 * All of a list, page by page. The links that Cinder gives are only looked at for whether there is more: behind a proxy
 * they name the wrong host. When the last thing of a page is deleted before the next one is asked for, Cinder answers that
 * it does not exist: then it begins anew.
 */
export async function listAll<T extends Listed>(
  client: CinderClient,
  path: readonly string[],
  name: string,
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string | number>> = {},
): Promise<T[]> {
  for (let attempt = 1; ; attempt += 1) {
    const all = await listOnce(client, path, name, schema, query);
    if (all !== "vanished") return all;
    if (attempt === attempts)
      throw new BlockboxError(
        "SERVICE_FAILED",
        `${path.join("/")} could not be listed: each time, something was deleted between two of its pages. Run again.`,
      );
  }
}

async function listOnce<T extends Listed>(
  client: CinderClient,
  path: readonly string[],
  name: string,
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string | number>>,
): Promise<T[] | "vanished"> {
  const link = z.object({ rel: z.string() });
  const pageSchema = z.object({ [name]: z.array(schema), [`${name}_links`]: z.array(link).optional() });
  const all: T[] = [];
  for (let marker: string | undefined; ; ) {
    const from = marker === undefined ? {} : { marker };
    const page = await client.get(path, pageSchema, { ...query, limit: PAGE, ...from }).catch((error) => {
      if (marker !== undefined && isNotFound(error)) return "vanished" as const;
      throw error;
    });
    if (page === "vanished") return page;
    const things = page[name] as T[];
    const links = (page[`${name}_links`] ?? []) as { rel: string }[];
    all.push(...things);
    marker = things.at(-1)?.id;
    if (marker === undefined || !links.some(({ rel }) => rel === "next")) return all;
  }
}
