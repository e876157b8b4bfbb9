import { attachment } from "./attachment/attachment.js";
import { backend } from "./backend/backend.js";
import type { Resource } from "./resource.js";
import { snapshot } from "./snapshot/snapshot.js";
import { volume } from "./volume/volume.js";

/** All resources, by the name of their type. */
export const resources: Readonly<Record<string, Resource>> = {
  Backend: backend,
  Volume: volume,
  Snapshot: snapshot,
  Attachment: attachment,
};
