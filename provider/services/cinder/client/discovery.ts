import { z } from "zod";
import type { Caller } from "./caller.js";
import type { Access } from "./credentials.js";
import { CinderError } from "./error.js";
import { type Asked, readValue } from "./judge.js";
import type { Reply } from "./transport.js";

/** Minor versions of Cinder's API 3: what this client speaks at most, and needs at least (Yoga: no project in the URL). */
const [ours, oldest] = [71, 67];

/** The microversions that this client can speak. */
export const microversions = { oldest: `3.${oldest}`, newest: `3.${ours}` };

const document = z.object({
  versions: z.array(z.object({ id: z.string(), version: z.string().optional(), min_version: z.string().optional() })),
});

/**
 * The microversion to speak with the Cinder at an endpoint, e.g. `3.71`: the newest that both know. Addresses in its
 * version document are not looked at: behind a proxy they are wrong.
 * Throws SERVICE_TOO_OLD, SERVICE_UNFIT for what is no Cinder, SERVICE_UNREACHABLE.
 */
export async function discover(caller: Caller, access: Access, loginAdvice: string): Promise<string> {
  const { reply, asked, versions } = await versionsAt(caller, access, loginAdvice);
  const found = versions.find(({ id }) => /^v3(\.|$)/.test(id));
  const [newest, least] = [minor(found?.version), minor(found?.min_version) ?? 0];
  if (found === undefined || newest === undefined) {
    const ids = versions.map(({ id }) => id).join(", ") || "none";
    throw problem(
      "SERVICE_UNFIT",
      asked,
      reply,
      `the versions that it offers are no Cinder's (${ids})`,
      `Is ${asked.at} the address of a Cinder?`,
    );
  }
  if (newest < oldest) {
    const words = `this Cinder's newest microversion is 3.${newest}, blockbox needs 3.${oldest} (Yoga) or newer`;
    throw problem("SERVICE_TOO_OLD", asked, reply, words, "Use a newer Cinder.");
  }
  if (least > ours) {
    const words = `this Cinder's oldest microversion is 3.${least}, this release of blockbox knows 3.${ours} at most`;
    throw problem("SERVICE_UNFIT", asked, reply, words, "Use a newer pulumi-blockbox.");
  }
  return `3.${Math.min(newest, ours)}`;
}

/** The document at the root says it to everybody. Where a proxy only lets /v3 through, so does that, with a token. */
async function versionsAt(caller: Caller, { endpoint, token }: Access, loginAdvice: string) {
  const ask = async (at: string, headers: Record<string, string>) => {
    // 300: that there are several versions is an answer, and Cinder's own.
    const { reply, asked } = await caller.send({ method: "GET", at, path: "/", headers, loginAdvice, answers: [300] });
    return { reply, asked, versions: readValue(asked, reply, document).versions };
  };
  try {
    return await ask(endpoint.replace(/\/v3$/, ""), {});
  } catch (error) {
    if (!(error instanceof CinderError) || error.status === undefined || error.status >= 500) throw error;
    return ask(endpoint, { "x-auth-token": token }).catch(() => {
      throw error;
    });
  }
}

function minor(version: string | undefined): number | undefined {
  const digits = /^3\.(\d+)$/.exec(version ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function problem(
  code: "SERVICE_UNFIT" | "SERVICE_TOO_OLD",
  { name, at }: Asked,
  { status }: Reply,
  detail: string,
  advice: string,
): CinderError {
  return new CinderError({ code, request: name, at, detail, advice, status, mayHaveHappened: false });
}
