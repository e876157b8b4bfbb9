import { z } from "zod";
import type { CinderClient } from "../client/client.js";

/** What volumes and snapshots are called and carry; both have the same calls for it. */
export type Kind = "volumes" | "snapshots";

export async function putNames(client: CinderClient, kind: Kind, id: string, names: object): Promise<void> {
  await client.put([kind, id], { [kind === "volumes" ? "volume" : "snapshot"]: names }, z.unknown());
}

/** Sets some keys; others stay. */
export async function mergeMetadata(
  client: CinderClient,
  kind: Kind,
  id: string,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await client.post([kind, id, "metadata"], { metadata }, z.unknown());
}
