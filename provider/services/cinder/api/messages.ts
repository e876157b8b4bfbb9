import { z } from "zod";
import type { CinderClient } from "../client/client.js";

const messageSchema = z.object({
  user_message: z.string(),
  message_level: z.string(),
  created_at: z.string(),
  request_id: z.string().nullish(),
});

export type UserMessage = z.infer<typeof messageSchema>;

/** Why an operation on the thing failed, in words for users; newest first. Cinder writes none for a failed delete or retype. */
export async function listMessages(client: CinderClient, resourceId: string): Promise<UserMessage[]> {
  const schema = z.object({ messages: z.array(messageSchema) });
  return (await client.get(["messages"], schema, { resource_uuid: resourceId })).messages;
}
