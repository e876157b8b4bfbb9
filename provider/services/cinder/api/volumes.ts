import { z } from "zod";
import type { CinderClient } from "../client/client.js";
import { listAll } from "./page.js";

const attachedSchema = z.object({
  attachment_id: z.string(),
  host_name: z.string().nullish(),
  device: z.string().nullish(),
});

/** A volume as Cinder shows it (block-storage API v3, "Show a volume's details"), what of it we use. */
const volumeSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  description: z.string().nullish(),
  size: z.number(),
  /** Any text: Cinder has statuses that its own list does not name. */
  status: z.string(),
  volume_type: z.string().nullable(),
  volume_type_id: z.string().nullish(),
  metadata: z.record(z.string(), z.string()),
  bootable: z.string(),
  encrypted: z.boolean(),
  multiattach: z.boolean(),
  availability_zone: z.string().nullish(),
  created_at: z.string(),
  snapshot_id: z.string().nullish(),
  source_volid: z.string().nullish(),
  attachments: z.array(attachedSchema),
  /** `<host>@<backend>#<pool>`; administrators only. */
  "os-vol-host-attr:host": z.string().nullish(),
});

export type CinderVolume = z.infer<typeof volumeSchema>;

const oneSchema = z.object({ volume: volumeSchema });
const madeSchema = z.object({ volume: z.object({ id: z.string() }) });

export async function getVolume(client: CinderClient, id: string): Promise<CinderVolume> {
  return (await client.get(["volumes", id], oneSchema)).volume;
}

/** The project's volumes, or with `all_tenants` everybody's. */
export function listVolumes(
  client: CinderClient,
  query: Readonly<Record<string, string | number>> = {},
): Promise<CinderVolume[]> {
  return listAll(client, ["volumes", "detail"], "volumes", volumeSchema, query);
}

/** Those of some volumes (at most 100) that a list shows. One that it does not show need not be gone. */
export async function listSomeVolumes(client: CinderClient, ids: readonly string[]): Promise<CinderVolume[]> {
  const query = { id: JSON.stringify(ids) };
  return (await client.get(["volumes", "detail"], z.object({ volumes: z.array(volumeSchema) }), query)).volumes;
}

/** Begins to make a volume; returns its id. */
export async function postVolume(client: CinderClient, body: object): Promise<string> {
  return (await client.post(["volumes"], body, madeSchema)).volume.id;
}

/** Begins to take over what exists on a backend; returns the new volume's id. */
export async function postManagedVolume(client: CinderClient, volume: object): Promise<string> {
  return (await client.post(["manageable_volumes"], { volume }, madeSchema)).volume.id;
}

/** Begins an action on a volume: `{ "os-extend": { new_size: 2 } }`. Returns the request's id in Cinder's logs. */
export function actOnVolume(client: CinderClient, id: string, action: object): Promise<string | undefined> {
  return client.begin(["volumes", id, "action"], action);
}

const manageableSchema = z.object({
  reference: z.object({ "source-name": z.string().optional() }),
  size: z.number(),
  safe_to_manage: z.boolean(),
  reason_not_safe: z.string().nullish(),
  cinder_id: z.string().nullish(),
});

export type ManageableVolume = z.infer<typeof manageableSchema>;

/** What exists in a pool, managed or not. */
export async function listManageable(client: CinderClient, host: string): Promise<ManageableVolume[]> {
  const schema = z.object({ "manageable-volumes": z.array(manageableSchema) });
  return (await client.get(["manageable_volumes", "detail"], schema, { host, limit: 1_000 }))["manageable-volumes"];
}
