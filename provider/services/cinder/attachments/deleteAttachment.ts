import { setTimeout as sleep } from "node:timers/promises";
import { BlockboxError } from "../../../errors.js";
import { getAttachment } from "../api/attachments.js";
import type { Cinder } from "../cinder.js";
import { CinderError, isNotFound } from "../client/error.js";

/** After how long each it is looked whether it is gone, in ms. Cinder answers when it is; an answer may be lost before. */
const looks = [0, 300, 1_000, 3_000, 5_000];

/** Takes an attachment away; done when it is gone, whatever else is attached. One that is gone already is no error. */
export async function deleteAttachment(cinder: Cinder, id: string): Promise<void> {
  let refused: CinderError | undefined;
  try {
    await cinder.client.delete(["attachments", id]);
  } catch (error) {
    if (isNotFound(error)) return;
    if (!(error instanceof CinderError) || !error.mayHaveHappened) throw error;
    refused = error;
  } finally {
    cinder.volumes.wrote();
  }
  for (const ms of looks) {
    await sleep(ms);
    if (await isGone(cinder, id)) return;
  }
  if (refused) throw refused;
  throw new BlockboxError(
    "SERVICE_FAILED",
    `Attachment ${id} is still there after Cinder said that it was deleted. Run again.`,
  );
}

async function isGone({ client }: Cinder, id: string): Promise<boolean> {
  try {
    await getAttachment(client, id);
    return false;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}
