import { z } from "zod";
import type { CinderClient } from "../client/client.js";
import { listAll } from "./page.js";

/** A snapshot as Cinder shows it ("Show a snapshot's details"), what of it we use. */
const snapshotSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  description: z.string().nullish(),
  volume_id: z.string(),
  size: z.number(),
  status: z.string(),
  metadata: z.record(z.string(), z.string()),
  created_at: z.string(),
});

export type CinderSnapshot = z.infer<typeof snapshotSchema>;

const oneSchema = z.object({ snapshot: snapshotSchema });
const madeSchema = z.object({ snapshot: z.object({ id: z.string() }) });

export async function getSnapshot(client: CinderClient, id: string): Promise<CinderSnapshot> {
  return (await client.get(["snapshots", id], oneSchema)).snapshot;
}

export function listSnapshots(
  client: CinderClient,
  query: Readonly<Record<string, string | number>> = {},
): Promise<CinderSnapshot[]> {
  return listAll(client, ["snapshots", "detail"], "snapshots", snapshotSchema, query);
}

/** Begins to take a snapshot; returns its id. */
export async function postSnapshot(client: CinderClient, snapshot: object): Promise<string> {
  return (await client.post(["snapshots"], { snapshot }, madeSchema)).snapshot.id;
}
