import type { Failure } from "../declaration/validate.js";
import { isReservedKey } from "../services/cinder/metadataChange.js";

/** Without the slash that Cinder takes too: it reads one in a URL as the end of the key, which could then never be removed. */
const keyPattern = /^[a-zA-Z0-9\-_:. ]{1,255}$/;

/** What Cinder has against metadata, beyond what holds for every service. */
export function metadataProblems(metadata: Readonly<Record<string, unknown>> | undefined): Failure[] {
  if (typeof metadata !== "object") return [];
  return Object.keys(metadata).flatMap((key) => {
    const reason = isReservedKey(key)
      ? "is kept for Cinder or this provider: take another key"
      : keyPattern.test(key)
        ? undefined
        : "is no key that can be used with Cinder: letters, digits, spaces and - _ : . only";
    return reason === undefined ? [] : [{ property: `metadata.${key}`, reason }];
  });
}
