import { z } from "zod";
import { text } from "../declaration/type.js";

const control = /\p{Cc}/u;

/** A display name of volumes: free text as in Cinder, trimmed, 1 to 255 characters. */
export const displayName = text(
  z
    .string("must be a string")
    .trim()
    .min(1, "must not be empty: leave it out to have one made")
    .max(255, "must have at most 255 characters")
    .refine((value) => !control.test(value), "must not contain control characters"),
);

/** A name or value that Cinder keeps: 1 to 255 characters, no control characters. */
export const shortText = text(
  z
    .string("must be a string")
    .min(1, "must not be empty")
    .max(255, "must have at most 255 characters")
    .refine((value) => !control.test(value), "must not contain control characters"),
);

/** A description: free text of at most 255 characters, as in Cinder. */
export const description = text(
  z
    .string("must be a string")
    .max(255, "must have at most 255 characters")
    .refine((value) => !control.test(value.replace(/[\n\t]/g, "")), "must not contain control characters"),
);

export const metadataValue = text(
  z
    .string("must be a string")
    .max(255, "must have at most 255 characters")
    .refine((value) => !control.test(value), "must not contain control characters"),
);

export const metadataKey = z
  .string()
  .min(1, "has an empty key")
  .max(255, "has a key of more than 255 characters")
  .refine((value) => !control.test(value), "has a key with control characters");

/** Linux takes 255 bytes; while a loop file is made or removed, up to 48 more stand in its name. */
const MAX_NAME_BYTES = 200;

/** An absolute path of this host; normalized, no `.` or `..` in it. */
export const absolutePath = text(
  z
    .string("must be an absolute path")
    .max(4000, "must have at most 4000 characters")
    .refine((value) => value.startsWith("/"), "must be an absolute path: begin it with /")
    .refine((value) => !control.test(value), "must not contain control characters")
    .refine(
      (value) => !value.split("/").some((part) => part === "." || part === ".."),
      "must not contain . or .. parts",
    )
    .refine((value) => /[^/]/.test(value), "must not be the root directory")
    .refine(
      (value) => value.split("/").every((part) => Buffer.byteLength(part) <= MAX_NAME_BYTES),
      `must not have a part of more than ${MAX_NAME_BYTES} bytes`,
    )
    .transform((value) => value.replace(/\/+/g, "/").replace(/\/$/, "")) as unknown as z.ZodType<string>,
);
