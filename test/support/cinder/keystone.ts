import { cp } from "node:fs/promises";
import { join } from "node:path";
import { cinderPlace, keystoneSeed } from "../../../tools/steps/cinderPlaces.mjs";
import { writeConfiguration } from "./configuration.js";
import { type Ground, rigFolder } from "./ground.js";
import { IdentityClient } from "./identity.js";
import { freePort } from "./ports.js";
import { acceptsConnections, untilReady } from "./waiting.js";

/** A user with a project that it is in; everything is in the domain Default. */
export interface Account {
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

export interface Keystone {
  /** Ends in /v3. */
  readonly url: string;
  /** May do all. */
  readonly admin: Account;
  /** May do what a project's member may. */
  readonly member: Account & { readonly projectId: string };
  /** Cinder's own. */
  readonly service: Account;
  /** A new token of an account; `tokenSeconds` after that, none. */
  token(account: Account): Promise<string>;
  revoke(token: string): Promise<void>;
  /** Of the member, for its project. */
  applicationCredential(name: string): Promise<{ id: string; secret: string }>;
  /** Puts Cinder (or a proxy before it) into the catalogue in the place of what was there. */
  offerBlockStorage(endpoint: string): Promise<void>;
}

/** A real Keystone. Tokens are good for `tokenSeconds`. */
export async function startKeystone(ground: Ground, tokenSeconds = 3600): Promise<Keystone> {
  const folder = join(ground.folder, "keystone");
  await cp(keystoneSeed(), folder, { recursive: true });
  const own = await writeConfiguration(join(folder, "own.conf"), { token: { expiration: tokenSeconds } });
  const port = await freePort();
  const running = ground.run(
    "keystone",
    cinderPlace("pypi").python,
    [join(rigFolder, "serveKeystone.py"), String(port)],
    { cwd: folder, env: { OS_KEYSTONE_CONFIG_FILES: [join(rigFolder, "keystone.conf"), own].join(";") } },
  );
  await untilReady(running, "listening", () => acceptsConnections({ port }));
  const url = `http://127.0.0.1:${port}/v3`;
  const admin = { user: "admin", password: "admin", project: "admin" };
  const client = new IdentityClient(url, admin);
  const member = { user: "member", password: "member's", project: "blocks" };
  const service = { user: "cinder", password: "cinder's", project: "service" };
  const { projectId } = await client.addAccount(member, "member");
  await client.addAccount(service, "admin");
  await client.offer("identity", "keystone", url);
  return {
    url,
    admin,
    member: { ...member, projectId },
    service,
    token: async (account) => (await client.logIn(account)).token,
    revoke: (token) => client.revoke(token),
    applicationCredential: (name) => client.applicationCredential(member, name),
    offerBlockStorage: (endpoint) => client.offer("block-storage", "cinder", endpoint),
  };
}
