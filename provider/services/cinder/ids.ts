import { BlockboxError } from "../../errors.js";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is an id as Cinder makes them, in its only spelling: lower case, with hyphens. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** The id of a Backend in Cinder: volume types are told apart by name. */
export function backendIdOf(volumeType: string): string {
  return `cinder:${volumeType}`;
}

/** The volume type of a Backend's id; nothing if it is not one of Cinder's. */
export function typeOfBackend(id: string): string | undefined {
  const name = id.startsWith("cinder:") ? id.slice("cinder:".length) : "";
  return name === "" || name.length > 255 || /\p{Cc}/u.test(name) ? undefined : name;
}

/** As typeOfBackend; throws INPUT_REFUSED for what is no such id. */
export function requireTypeOf(id: string): string {
  const name = typeOfBackend(id);
  if (name === undefined)
    throw new BlockboxError("INPUT_REFUSED", `${id} is not the id of a Backend (cinder:<volume type>).`);
  return name;
}

export function attachmentIdOf(volumeId: string, attachmentId: string): string {
  return `${volumeId}/${attachmentId}`;
}

export interface AttachmentParts {
  readonly volumeId: string;
  readonly attachmentId: string;
}

/** An Attachment's id taken apart; nothing if it is not one of Cinder's. */
export function partsOfAttachment(id: string): AttachmentParts | undefined {
  const [volumeId = "", attachmentId = "", ...rest] = id.split("/");
  return isUuid(volumeId) && isUuid(attachmentId) && rest.length === 0 ? { volumeId, attachmentId } : undefined;
}

/** As partsOfAttachment; throws INPUT_REFUSED for what is no such id. */
export function requireAttachmentParts(id: string): AttachmentParts {
  const parts = partsOfAttachment(id);
  if (parts === undefined)
    throw new BlockboxError("INPUT_REFUSED", `${id} is not the id of an Attachment (<volume id>/<attachment id>).`);
  return parts;
}

/** Throws INPUT_REFUSED for what is no id of a `kind` in Cinder. */
export function requireUuid(kind: string, id: string): string {
  if (!isUuid(id)) throw new BlockboxError("INPUT_REFUSED", `${id} is not the id of a ${kind} in Cinder (a UUID).`);
  return id;
}
