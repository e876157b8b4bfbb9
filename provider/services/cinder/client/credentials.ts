import type { NoauthPlan } from "./plan.js";

/** What the service lets in, and where it is. */
export interface Access {
  readonly token: string;
  /** Cinder's, without trailing slash and project, e.g. `http://host:8776/v3`. */
  readonly endpoint: string;
  readonly project: string;
}

export interface Credentials {
  readonly byKeystone: boolean;
  /** What to do when they are refused, for errors. */
  readonly advice: string;
  /** One that is valid for a while yet. */
  access(): Promise<Access>;
  /** Another one, after the service has refused this one; undefined where there is none. */
  renewed(refused: Access): Promise<Access | undefined>;
}

/** Without Keystone the token only names the user and the project, and Cinder believes it. */
export function noauthCredentials({ endpoint, user, project }: NoauthPlan): Credentials {
  const access = { endpoint, project, token: `${user}:${project}` };
  return {
    byKeystone: false,
    advice: "This Cinder wants credentials of Keystone: set authUrl (OS_AUTH_URL) and the rest of an openrc.",
    access: async () => access,
    renewed: async () => undefined,
  };
}
