import { BlockboxError } from "../../../errors.js";
import { type Cloud, readCloud } from "./cloudsFile.js";
import type { Settings, TextKey } from "./keys.js";

/** openstacksdk's words for our settings, the first that is there counts; in `auth` or, as it also allows, beside it. */
const words: Readonly<Record<TextKey, readonly string[]>> = {
  endpoint: [
    "block_storage_endpoint_override",
    "volumev3_endpoint_override",
    "volume_endpoint_override",
    "block_store_endpoint_override",
    "endpoint",
  ],
  project: ["project_id", "tenant_id"],
  user: ["user_id"],
  authType: ["auth_type"],
  authUrl: ["auth_url"],
  username: ["username", "user_name"],
  password: ["password"],
  userDomainName: ["user_domain_name"],
  userDomainId: ["user_domain_id"],
  projectName: ["project_name", "tenant_name"],
  projectDomainName: ["project_domain_name"],
  projectDomainId: ["project_domain_id"],
  applicationCredentialId: ["application_credential_id"],
  applicationCredentialName: ["application_credential_name"],
  applicationCredentialSecret: ["application_credential_secret"],
  region: ["region_name"],
  interface: ["block_storage_interface", "volume_interface", "interface", "endpoint_type"],
  caCert: ["cacert"],
};

/** What would change where or how to connect, but is not known here: to ignore it would lead elsewhere. */
const unsupported = ["profile", "cloud", "cert", "key"];

/** The settings that an entry of clouds.yaml stands for. Throws CONFIG_INVALID. */
export function cloudSettings(name: string): Settings {
  const cloud = readCloud(name);
  const read = reader(cloud);
  const of = `The cloud "${name}" in ${cloud.path}`;
  const strange = unsupported.filter((key) => read([key]) !== undefined);
  if (strange.length > 0) {
    throw new BlockboxError("CONFIG_INVALID", `${of} says ${strange.join(" and ")}, which blockbox does not know.`);
  }
  const settings: Settings = {};
  for (const [key, names] of Object.entries(words) as [TextKey, readonly string[]][]) {
    const value = read(names);
    if (value === undefined) continue;
    if (typeof value !== "string" && typeof value !== "number") {
      throw new BlockboxError("CONFIG_INVALID", `${of}: ${names[0]} is no text.`);
    }
    settings[key] = `${value}`;
  }
  if (read(["verify"]) === false || read(["insecure"]) === true) settings.insecure = true;
  return { ...settings, ...onlyRegion(settings, read, of), ...adminToken(settings, read) };
}

type Reader = (names: readonly string[]) => unknown;

/** A value under any of its names, which may be written with dashes; an empty one is none. */
function reader({ entry }: Cloud): Reader {
  const { auth } = entry;
  const places = [typeof auth === "object" && auth !== null ? (auth as typeof entry) : {}, entry].map(
    (place) => new Map(Object.entries(place).map(([key, value]) => [key.replaceAll("-", "_"), value])),
  );
  return (names) =>
    names
      .flatMap((name) => places.map((place) => place.get(name)))
      .find((value) => value !== undefined && value !== null && value !== "");
}

/** `regions` without `region_name` says which only where it is one. */
function onlyRegion({ region }: Settings, read: Reader, of: string): Settings {
  const regions = read(["regions"]);
  if (region !== undefined || !Array.isArray(regions)) return {};
  const names = regions.map((one) => (typeof one === "string" ? one : `${one?.name}`));
  if (names.length === 1) return { region: `${names[0]}` };
  throw new BlockboxError("CONFIG_INVALID", `${of} has the regions ${names.join(", ")}: choose one with region_name.`);
}

/** How openstacksdk reaches a Cinder without Keystone: a ready token, which then is `user:project`. */
function adminToken({ authType }: Settings, read: Reader): Settings {
  const token = read(["token"]);
  if (authType !== "admin_token" || typeof token !== "string") return {};
  const [user = "", ...project] = token.split(":");
  const projectName = project.join(":");
  return { authType: "noauth", user, ...(projectName === "" ? {} : { project: projectName }) };
}
