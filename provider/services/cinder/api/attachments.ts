import { z } from "zod";
import type { CinderClient } from "../client/client.js";

/** An attachment as Cinder shows it ("Show attachment details"), what of it we use. */
const attachmentSchema = z.object({
  id: z.string(),
  volume_id: z.string(),
  /** reserved, attaching, attached, …: any text. */
  status: z.string(),
  attach_mode: z.string().nullish(),
  /** Of Nova; we never send one. */
  instance: z.string().nullish(),
  /** Everything that a host needs to reach the volume, secrets included; empty before there is a connector. */
  connection_info: z.record(z.string(), z.unknown()).nullish(),
});

export type CinderAttachment = z.infer<typeof attachmentSchema>;

const oneSchema = z.object({ attachment: attachmentSchema });

export async function getAttachment(client: CinderClient, id: string): Promise<CinderAttachment> {
  return (await client.get(["attachments", id], oneSchema)).attachment;
}

const listSchema = z.object({ attachments: z.array(attachmentSchema) });

/** Those of one volume that fit: there are few, so one page is all. */
export async function listAttachments(
  client: CinderClient,
  query: Readonly<Record<string, string>>,
): Promise<CinderAttachment[]> {
  return (await client.get(["attachments", "detail"], listSchema, query)).attachments;
}

/** Reserves the volume and exports it to the connector's host, at once: the reply has the connection information. */
export async function postAttachment(client: CinderClient, attachment: object): Promise<CinderAttachment> {
  return (await client.post(["attachments"], { attachment }, oneSchema)).attachment;
}

/** Says that the host has the volume: it is `in-use` from now on. Said twice it changes nothing. */
export async function completeAttachment(client: CinderClient, id: string): Promise<void> {
  await client.post(["attachments", id, "action"], { "os-complete": {} }, z.unknown());
}
