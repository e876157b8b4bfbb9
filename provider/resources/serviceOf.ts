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

/** The services of the Volumes that this deployment has asked about. */
const servicesOfVolumes = new Set<Service>();

/** Notes what a Volume's service is, for snapshots that come before its id is known. */
export function noteVolumeService(service: Service | undefined): Service | undefined {
  if (service !== undefined) servicesOfVolumes.add(service);
  return service;
}

/** The service of a Volume whose id is still unknown: that of all, where they have one. */
export function serviceOfUnknownVolume(): Service | undefined {
  const [service, ...others] = servicesOfVolumes;
  return others.length === 0 ? service : undefined;
}

/** The service that the id of a Volume or Snapshot speaks of: `<vg>/volume-<uuid>` is LVM's, a UUID alone Cinder's. */
export function serviceOfId(id: unknown): Service | undefined {
  if (typeof id !== "string" || isUnknown(id)) return undefined;
  return id.includes("/") ? "lvm" : "cinder";
}
