/** What a program's configuration says of the block service. Everything is optional; `plan.ts` judges it. */
export type Settings = { [Key in TextKey]?: string } & { [Key in NumberKey]?: number } & { insecure?: boolean };

export type TextKey = keyof typeof textKeys;
export type NumberKey = keyof typeof numberKeys;

interface TextSetting {
  readonly doc: string;
  /** The environment's words for it; the first that is set counts. */
  readonly environment: readonly string[];
  /** Never trimmed, never shown. */
  readonly secret?: true;
}

const text = (doc: string, ...environment: string[]): TextSetting => ({ doc, environment });
const secret = (doc: string, ...environment: string[]): TextSetting => ({ doc, environment, secret: true });

/** The settings that are texts. */
export const textKeys = {
  // The second is block-box's own older word.
  endpoint: text(
    "Where the block service is, e.g. `http://host:8776/v3`. With Keystone, instead of what its catalogue says.",
    "CINDER_ENDPOINT",
    "CINDERCLIENT_BYPASS_URL",
  ),
  project: text("Id of the project. Without Keystone any name.", "OS_PROJECT_ID", "OS_TENANT_ID"),
  user: text("The user. Without Keystone any name; with Keystone an id or, where it is not one, a name.", "OS_USER_ID"),
  authType: text(
    "How to authenticate: `noauth` (without Keystone), `password` or `v3applicationcredential`. Default: what the other settings are for.",
    "OS_AUTH_TYPE",
    "OS_AUTH_SYSTEM",
  ),
  authUrl: text("Where Keystone is, e.g. `https://host:5000/v3`.", "OS_AUTH_URL"),
  username: text("Name of the user, with Keystone.", "OS_USERNAME"),
  password: secret("The user's password.", "OS_PASSWORD"),
  userDomainName: text("Name of the user's domain.", "OS_USER_DOMAIN_NAME"),
  userDomainId: text("Id of the user's domain.", "OS_USER_DOMAIN_ID"),
  projectName: text("Name of the project, with Keystone.", "OS_PROJECT_NAME", "OS_TENANT_NAME"),
  projectDomainName: text("Name of the project's domain.", "OS_PROJECT_DOMAIN_NAME"),
  projectDomainId: text("Id of the project's domain.", "OS_PROJECT_DOMAIN_ID"),
  applicationCredentialId: text("Id of an application credential.", "OS_APPLICATION_CREDENTIAL_ID"),
  applicationCredentialName: text("Name of the user's application credential.", "OS_APPLICATION_CREDENTIAL_NAME"),
  applicationCredentialSecret: secret("Secret of the application credential.", "OS_APPLICATION_CREDENTIAL_SECRET"),
  region: text("The region, where Keystone's catalogue has several.", "OS_REGION_NAME"),
  interface: text(
    "Which of the catalogue's endpoints: `public` (default), `internal` or `admin`.",
    "OS_INTERFACE",
    "OS_ENDPOINT_TYPE",
  ),
  caCert: text("The CA of the endpoints' certificates: path of a PEM file, or its text.", "OS_CACERT"),
};

/** The settings that are numbers, each with what it may be. Seconds end at a day, far below what a timer can hold. */
export const numberKeys = {
  maxInFlight: { doc: "How many changes may be under way at once.", default: 8, whole: true, from: 1, to: 256 },
  requestTimeout: { doc: "Seconds for one request.", default: 60, whole: false, from: 0.1, to: 86_400 },
  operationTimeout: {
    doc: "Seconds for what the service does after it has accepted a request.",
    default: 600,
    whole: false,
    from: 0.1,
    to: 86_400,
  },
};

/** What a number has to be, where a value is not that. */
export function wantedNumber(key: NumberKey, value: unknown): string | undefined {
  const { whole, from, to } = numberKeys[key];
  const number = Number(value);
  if (number >= from && number <= to && (!whole || Number.isInteger(number))) return undefined;
  return `${whole ? "a whole number" : "a number of seconds"} from ${from} to ${to}`;
}

/** The setting that is true or false. */
export const insecureKey = { doc: "Whether the endpoints' certificates are left unchecked." };

/** The setting that stands for others. */
export const cloudKey = {
  doc: "An entry of clouds.yaml, which is looked for where openstacksdk does.",
  environment: ["OS_CLOUD"],
};
