import { z } from "zod";
import type { CinderClient } from "../client/client.js";
import { listAll } from "./page.js";

/** A volume type as Cinder shows it; extra specs are for administrators. */
const typeSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  is_public: z.boolean().optional(),
  extra_specs: z.record(z.string(), z.string()).optional(),
});

export type VolumeType = z.infer<typeof typeSchema>;

const oneSchema = z.object({ volume_type: typeSchema });

/** Public and private ones alike, as far as we may see them. */
export function listTypes(client: CinderClient): Promise<VolumeType[]> {
  return listAll(client, ["types"], "volume_types", typeSchema, { is_public: "None" });
}

/** By id. */
export async function getType(client: CinderClient, id: string): Promise<VolumeType> {
  return (await client.get(["types", id], oneSchema)).volume_type;
}

/** The type of volumes that are made without one. */
export async function getDefaultType(client: CinderClient): Promise<VolumeType> {
  return getType(client, "default");
}

export async function postType(client: CinderClient, volumeType: object): Promise<VolumeType> {
  return (await client.post(["types"], { volume_type: volumeType }, oneSchema)).volume_type;
}
