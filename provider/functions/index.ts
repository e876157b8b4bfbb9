import { configure, type ReadSetting } from "../configuration.js";
import { getAvailabilityZones } from "./availabilityZones.js";
import { getBackends } from "./backends/backends.js";
import { getConnector } from "./connector.js";
import type { Asked } from "./function.js";
import { getSnapshot } from "./snapshots/snapshots.js";
import { getVolume, getVolumes } from "./volumes/volumes.js";
import { getVolumeTypes } from "./volumeTypes.js";

/** All functions, by name. */
export const functions: Readonly<Record<string, Asked>> = {
  getVolume,
  getVolumes,
  getSnapshot,
  getBackends,
  getVolumeTypes,
  getAvailabilityZones,
  getConnector,
};

/** Answers a program, by its own configuration. */
export async function askWith(
  read: ReadSetting,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<object> {
  configure(read);
  const asked = functions[name];
  if (asked === undefined) throw new TypeError(`There is no function ${name}.`);
  return asked.ask(args);
}
