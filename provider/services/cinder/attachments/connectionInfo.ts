import type { CinderAttachment } from "../api/attachments.js";

/** What a host needs to reach a volume, whatever the transport. All of it is secret. */
export interface ConnectionInfo {
  driverVolumeType: string;
  targetPortal?: string;
  targetIqn?: string;
  targetLun?: number;
  targetPortals?: string[];
  targetIqns?: string[];
  targetLuns?: number[];
  authMethod?: string;
  authUsername?: string;
  authPassword?: string;
  accessMode?: string;
  encrypted?: boolean;
  discard?: boolean;
  export?: string;
  name?: string;
  /** Everything else, by the driver's own names: texts as they are, all else as JSON. */
  other: Record<string, string>;
}

type Kind = "text" | "number" | "boolean" | "texts" | "numbers";

/** Cinder's names of what has a name here too, and what it must be to count. */
const known: Readonly<Record<string, readonly [keyof ConnectionInfo, Kind]>> = {
  driver_volume_type: ["driverVolumeType", "text"],
  target_portal: ["targetPortal", "text"],
  target_iqn: ["targetIqn", "text"],
  target_lun: ["targetLun", "number"],
  target_portals: ["targetPortals", "texts"],
  target_iqns: ["targetIqns", "texts"],
  target_luns: ["targetLuns", "numbers"],
  auth_method: ["authMethod", "text"],
  auth_username: ["authUsername", "text"],
  auth_password: ["authPassword", "text"],
  access_mode: ["accessMode", "text"],
  encrypted: ["encrypted", "boolean"],
  discard: ["discard", "boolean"],
  export: ["export", "text"],
  name: ["name", "text"],
};

const is: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  texts: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  numbers: (value) => Array.isArray(value) && value.every((one) => typeof one === "number"),
};

/** The connection information of an attachment that has a connector; nothing for one that has none yet. */
export function connectionInfoOf({
  connection_info: info,
  attach_mode: mode,
}: CinderAttachment): ConnectionInfo | undefined {
  if (!info || typeof info.driver_volume_type !== "string") return undefined;
  const result: Record<string, unknown> = {};
  const other: Record<string, string> = {};
  for (const [key, value] of Object.entries(info)) {
    if (value === null || value === undefined) continue;
    const [name, kind] = known[key] ?? [];
    if (name !== undefined && kind !== undefined && is[kind](value)) result[name] = value;
    else other[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  // Cinder fills it in from the volume alone; an attachment may be read only where its volume is not.
  if (mode === "ro") result.accessMode = "ro";
  return { ...result, other } as ConnectionInfo;
}
