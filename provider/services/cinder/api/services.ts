import { z } from "zod";
import type { CinderClient } from "../client/client.js";

const serviceSchema = z.object({ host: z.string(), binary: z.string(), state: z.string(), status: z.string() });

export type VolumeServiceState = z.infer<typeof serviceSchema>;

/** The volume services (`<host>@<backend>`), each `up` or `down`, `enabled` or `disabled`. For administrators. */
export async function listVolumeServices(client: CinderClient): Promise<VolumeServiceState[]> {
  const schema = z.object({ services: z.array(serviceSchema) });
  return (await client.get(["os-services"], schema, { binary: "cinder-volume" })).services;
}

/** Drivers give numbers, or words: "infinite", "unknown". */
const amount = z.union([z.number(), z.string()]).nullish();

const poolSchema = z.object({
  /** `<host>@<backend>#<pool>`. */
  name: z.string(),
  capabilities: z.object({
    volume_backend_name: z.string().nullish(),
    total_capacity_gb: amount,
    free_capacity_gb: amount,
    reserved_percentage: z.number().nullish(),
    thin_provisioning_support: z.unknown().optional(),
    provisioned_capacity_gb: amount,
    max_over_subscription_ratio: amount,
  }),
});

export type Pool = z.infer<typeof poolSchema>;

/** What the scheduler knows of each pool; empty until the volume services have reported. For administrators. */
export async function listPools(client: CinderClient): Promise<Pool[]> {
  const schema = z.object({ pools: z.array(poolSchema) });
  return (await client.get(["scheduler-stats", "get_pools"], schema, { detail: "true" })).pools;
}

const zoneSchema = z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) });

export type AvailabilityZone = z.infer<typeof zoneSchema>;

export async function listZones(client: CinderClient): Promise<AvailabilityZone[]> {
  const schema = z.object({ availabilityZoneInfo: z.array(zoneSchema) });
  return (await client.get(["os-availability-zone"], schema)).availabilityZoneInfo;
}
