import { BlockboxError } from "../../errors.js";
import type { MakeVolume } from "./newVolume.js";

/** As a copy of a Snapshot or of another Volume. */
export const copySource: MakeVolume = async () => {
  throw new BlockboxError("INPUT_REFUSED", "There are no copies with LVM yet.");
};
