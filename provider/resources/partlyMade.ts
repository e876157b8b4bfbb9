import { PartlyMadeError } from "../errors.js";
import type { CinderLocation } from "../services/cinder/location.js";
import { UnfinishedError } from "../services/cinder/unfinished.js";

/** A create's error as it is thrown: what was made in part keeps its id, and state says that it was never whole. */
export function asPartlyMade(error: unknown, wanted: object, location: CinderLocation): unknown {
  if (!(error instanceof UnfinishedError)) return error;
  const outputs = { ...wanted, __location: location, __unfinished: true };
  return new PartlyMadeError(error, { resourceId: error.thing, outputs });
}
