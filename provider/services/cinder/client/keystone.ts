import { z } from "zod";
import type { Caller } from "./caller.js";
import { catalogueSchema, endpointFrom } from "./catalogue.js";
import type { Access, Credentials } from "./credentials.js";
import { CinderError } from "./error.js";
import { readValue } from "./judge.js";
import type { KeystonePlan } from "./keystonePlan.js";
import { warnIfPlain } from "./plainHttp.js";
import type { Secrets } from "./secrets.js";

const tokenSchema = z.object({
  token: z.object({
    issued_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    project: z.object({ id: z.string() }),
    catalog: catalogueSchema.default([]),
  }),
});

interface Grant extends Access {
  /** By this process's own clock, in ms. */
  readonly freshUntilMs: number;
}

/** A token is renewed this long before it ends (a short one after three quarters), for a request that starts now may last. */
const renewBeforeMs = 120_000;

/** From its own two times: Keystone's clock may not be ours. */
function freshForMs({ issued_at, expires_at }: z.infer<typeof tokenSchema>["token"]): number {
  const lifetimeMs = Date.parse(expires_at) - Date.parse(issued_at);
  return lifetimeMs - Math.min(renewBeforeMs, lifetimeMs / 4);
}

const advice =
  "Look at the user, its password or application credential, the domains (userDomainName, projectDomainName) and whether the user has a role in the project.";

/** A token of Keystone v3 for one project, shared by all requests: however many want a new one, one is asked for. */
export class KeystoneCredentials implements Credentials {
  readonly byKeystone = true;
  readonly advice = advice;
  readonly #plan: KeystonePlan;
  readonly #caller: Caller;
  readonly #secrets: Secrets;
  #grant: Grant | undefined;
  #login: Promise<Grant> | undefined;

  constructor(plan: KeystonePlan, caller: Caller, secrets: Secrets) {
    this.#plan = plan;
    this.#caller = caller;
    this.#secrets = secrets;
    secrets.add(plan.secret);
  }

  /** Throws AUTH_FAILED, SERVICE_UNREACHABLE, or CONFIG_INVALID where the catalogue has no one endpoint for us. */
  async access(): Promise<Access> {
    const grant = this.#grant;
    return grant !== undefined && performance.now() < grant.freshUntilMs ? grant : this.#loggedIn();
  }

  async renewed(refused: Access): Promise<Access> {
    // Another request may have renewed it while this one was under way.
    if (this.#grant !== undefined && this.#grant.token !== refused.token) return this.#grant;
    return this.#loggedIn();
  }

  #loggedIn(): Promise<Grant> {
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #logIn(): Promise<Grant> {
    const { authUrl, auth, endpoint } = this.#plan;
    warnIfPlain(authUrl);
    const { reply, asked } = await this.#caller.send({
      method: "POST",
      at: authUrl,
      path: "/auth/tokens",
      body: { auth },
      repeatable: true,
      loginAdvice: advice,
      service: "Keystone",
    });
    const token = reply.headers["x-subject-token"];
    if (typeof token !== "string") {
      throw new CinderError({
        code: "SERVICE_UNFIT",
        request: asked.name,
        at: authUrl,
        detail: "the answer has no token",
        advice: "Is the authUrl a Keystone's?",
        status: reply.status,
        mayHaveHappened: false,
      });
    }
    this.#secrets.add(token);
    const { token: granted } = readValue(asked, reply, tokenSchema);
    const grant = {
      token,
      project: granted.project.id,
      endpoint: endpoint ?? endpointFrom(granted.catalog, this.#plan),
      freshUntilMs: performance.now() + freshForMs(granted),
    };
    this.#grant = grant;
    return grant;
  }
}
