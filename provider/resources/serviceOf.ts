import type { Service } from "../declaration/property.js";
import { isUnknown } from "../declaration/unknown.js";

/** The service of each Backend of this deployment, by URN: for volumes that come before the id of their Backend is known. */
const servicesOfBackends = new Map<string, Service>();

export function planBackendService(urn: string, service: Service): void {
  servicesOfBackends.set(urn, service);
}

/** The service that a Backend's id speaks of; nothing for what is no id, or still unknown. */
export function serviceOfBackend(id: unknown, urn: string | undefined): Service | undefined {
  if (isUnknown(id)) return urn === undefined ? undefined : servicesOfBackends.get(urn);
  if (typeof id !== "string") return undefined;
  return id.startsWith("lvm:") ? "lvm" : id.startsWith("cinder:") ? "cinder" : undefined;
}

/** The service that a Volume's id speaks of: `<vg>/volume-<uuid>` is LVM's, a UUID alone Cinder's. */
export function serviceOfVolume(id: unknown): Service | undefined {
  if (typeof id !== "string" || isUnknown(id)) return undefined;
  return id.includes("/") ? "lvm" : "cinder";
}
