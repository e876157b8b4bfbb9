/** What a program's configuration says of the block service. Everything is optional; `plan.ts` judges it. */
export interface Settings {
  /** e.g. `http://host:8776/v3`. With Keystone, instead of what its catalogue says. */
  endpoint?: string;
  /** Id of the project. With noauth any name. */
  project?: string;
  /** With noauth any name. With Keystone an id or, where it is not one, a name. */
  user?: string;
  /** `noauth`, `password`, `v3applicationcredential`, or another word for one of them. */
  authType?: string;
  authUrl?: string;
  username?: string;
  password?: string;
  userDomainName?: string;
  userDomainId?: string;
  projectName?: string;
  projectDomainName?: string;
  projectDomainId?: string;
  applicationCredentialId?: string;
  applicationCredentialName?: string;
  applicationCredentialSecret?: string;
  region?: string;
  /** `public` (default), `internal` or `admin`. */
  interface?: string;
  /** Path of a PEM file, or its text. */
  caCert?: string;
  insecure?: boolean;
  /** How many changes may be under way at once. Default 8. */
  maxInFlight?: number;
  /** Seconds for one request. Default 60. */
  requestTimeout?: number;
  /** Seconds for what the service does after it has accepted a request. Default 600. */
  operationTimeout?: number;
}

type KeyOf<Type> = { [Key in keyof Settings]-?: Type extends Settings[Key] ? Key : never }[keyof Settings];

/** The settings that are texts, each with the environment's words for it, the first that is set counts. */
export const textKeys: Readonly<Record<KeyOf<string>, readonly string[]>> = {
  // The second is block-box's own older word.
  endpoint: ["CINDER_ENDPOINT", "CINDERCLIENT_BYPASS_URL"],
  project: ["OS_PROJECT_ID", "OS_TENANT_ID"],
  user: ["OS_USER_ID"],
  authType: ["OS_AUTH_TYPE", "OS_AUTH_SYSTEM"],
  authUrl: ["OS_AUTH_URL"],
  username: ["OS_USERNAME"],
  password: ["OS_PASSWORD"],
  userDomainName: ["OS_USER_DOMAIN_NAME"],
  userDomainId: ["OS_USER_DOMAIN_ID"],
  projectName: ["OS_PROJECT_NAME", "OS_TENANT_NAME"],
  projectDomainName: ["OS_PROJECT_DOMAIN_NAME"],
  projectDomainId: ["OS_PROJECT_DOMAIN_ID"],
  applicationCredentialId: ["OS_APPLICATION_CREDENTIAL_ID"],
  applicationCredentialName: ["OS_APPLICATION_CREDENTIAL_NAME"],
  applicationCredentialSecret: ["OS_APPLICATION_CREDENTIAL_SECRET"],
  region: ["OS_REGION_NAME"],
  interface: ["OS_INTERFACE", "OS_ENDPOINT_TYPE"],
  caCert: ["OS_CACERT"],
};

/** The settings that are numbers, each with what it may be. Seconds end at a day, far below what a timer can hold. */
export const numberKeys: Readonly<Record<KeyOf<number>, { whole: boolean; from: number; to: number }>> = {
  maxInFlight: { whole: true, from: 1, to: 256 },
  requestTimeout: { whole: false, from: 0.1, to: 86_400 },
  operationTimeout: { whole: false, from: 0.1, to: 86_400 },
};

/** Never trimmed, never shown. */
export const secretKeys: ReadonlySet<keyof Settings> = new Set(["password", "applicationCredentialSecret"]);
