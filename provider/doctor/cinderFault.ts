import type { BlockboxError, ErrorCode } from "../errors.js";
import { CinderError } from "../services/cinder/client/client.js";
import { lacking, type Remedy } from "./check.js";
import type { Check } from "./report.js";

/** The check that an error of each kind is about; all else is about whether the Cinder can be reached. */
const checkOf: Partial<Record<ErrorCode, string>> = {
  CONFIG_MISSING: "configuration",
  CONFIG_INVALID: "configuration",
  AUTH_FAILED: "credentials",
  SERVICE_TOO_OLD: "microversion",
};

/** What a Cinder that could not be asked says, or whoever answered in its place. */
export function cinderFault(error: BlockboxError): Check {
  return lacking(checkOf[error.code] ?? "reachable", foundIn(error), remedyOf(error));
}

function foundIn(error: BlockboxError): string {
  return error instanceof CinderError ? error.said : error.message;
}

function remedyOf(error: BlockboxError): Remedy {
  switch (error.code) {
    case "CONFIG_MISSING": {
      const advice = "A stack's own configuration is not read here: what it says goes into --endpoint or --cloud.";
      return { command: "npx pulumi-blockbox doctor cinder --endpoint http://HOST:8776/v3", advice };
    }
    case "CONFIG_INVALID":
      return { advice: "Correct that setting, then ask again." };
    default:
      return { advice: (error instanceof CinderError && error.advice) || "The service's logs have more about it." };
  }
}
