import { isUnknown } from "../../../declaration/unknown.js";
import type { Failure } from "../../../declaration/validate.js";
import { cloudKey, insecureKey, type NumberKey, numberKeys, textKeys, wantedNumber } from "./keys.js";

const known = { ...textKeys, ...numberKeys, insecure: insecureKey, cloud: cloudKey };

/** What settings alone show to be wrong, by their keys; any may be unknown yet. Pulumi's own are left alone. */
export function settingsProblems(values: Readonly<Record<string, unknown>>): Failure[] {
  const given = Object.entries(values).filter(
    ([key, value]) => !pulumisOwn.test(key) && !isUnknown(value) && String(value).trim() !== "",
  );
  return given.flatMap(([key, value]) => {
    const reason = problem(key, value);
    return reason === undefined ? [] : [{ property: key, reason }];
  });
}

const pulumisOwn = /^(version|pluginDownloadURL|__.*)$/;

function problem(key: string, value: unknown): string | undefined {
  if (!Object.hasOwn(known, key)) return `is not known here; known are ${Object.keys(known).join(", ")}`;
  if (key === "insecure") return ["true", "false"].includes(String(value)) ? undefined : "must be true or false";
  if (!Object.hasOwn(numberKeys, key)) return typeof value === "string" ? undefined : "must be a string";
  const wanted = wantedNumber(key as NumberKey, value);
  return wanted && `must be ${wanted}`;
}
