import { after, before } from "node:test";
import type { CinderOptions, CinderRig } from "./options.js";
import { Raw } from "./raw.js";
import { startCinder } from "./rig.js";

/** A rig for the tests of a describe. */
export function rigFor(options: CinderOptions): { rig: () => CinderRig; raw: () => Raw } {
  let rig: CinderRig | undefined;
  before(async () => {
    rig = await startCinder(options);
  });
  after(() => rig?.stop());
  return { rig: () => rig as CinderRig, raw: () => new Raw(rig as CinderRig) };
}
