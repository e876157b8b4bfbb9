import { attachment } from "./attachment.js";
import { backend } from "./backend.js";
import type { Resource } from "./resource.js";
import { volume } from "./volume.js";

/** All resources, by the name of their type. */
export const resources: Readonly<Record<string, Resource>> = {
  Backend: backend,
  Volume: volume,
  Attachment: attachment,
};
