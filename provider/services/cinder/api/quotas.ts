import { z } from "zod";
import type { CinderClient } from "../client/client.js";

const usageSchema = z.object({ limit: z.number(), in_use: z.number(), reserved: z.number() });

export type QuotaUsage = z.infer<typeof usageSchema>;

/** Limit (-1: none) and use of each resource of a project: volumes, gigabytes, snapshots, and the same per type (`volumes_<type>`). */
export async function getQuotas(
  client: CinderClient,
  project: string,
): Promise<Readonly<Record<string, QuotaUsage | undefined>>> {
  const schema = z.object({ quota_set: z.record(z.string(), z.unknown()) });
  const { quota_set: all } = await client.get(["os-quota-sets", project], schema, { usage: "true" });
  const usages = Object.entries(all).flatMap(([name, value]) => {
    const usage = usageSchema.safeParse(value);
    return usage.success ? [[name, usage.data] as const] : [];
  });
  return Object.fromEntries(usages);
}
