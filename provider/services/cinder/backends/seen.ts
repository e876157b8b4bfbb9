import { listVolumeServices } from "../api/services.js";
import { getType, type VolumeType } from "../api/types.js";
import { poolsOf, totalOf } from "../capacity.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import type { SeenType } from "./wish.js";

/** The volume type of that name; by its id where that is known, so that one made anew under its name is not taken for it. */
export async function findOwnType(
  cinder: Cinder,
  name: string,
  id: string | undefined,
): Promise<VolumeType | undefined> {
  if (id !== undefined) return getType(cinder.client, id);
  return (await cinder.types.get()).find((type) => type.name === name);
}

/** A volume type with what serves it, as far as we may see that. */
export async function seenType(cinder: Cinder, type: VolumeType, serviceHost: string | undefined): Promise<SeenType> {
  const [all, services] = await Promise.all([cinder.pools.get(), visibleServices(cinder)]);
  const pools = poolsOf(all, type.extra_specs ?? {});
  const hosts = [...new Set(pools.map(({ name }) => name.split("#")[0] ?? name))].sort();
  const totals = pools.map(totalOf);
  const known = totals.every((total) => total !== undefined) && totals.length > 0;
  const wanted = serviceHost === undefined ? hosts : [serviceHost];
  const isUp = (host: string) =>
    services === undefined || services.some((one) => one.host === host && one.state === "up");
  return {
    type,
    state: hosts.length > 0 && wanted.every((host) => hosts.includes(host) && isUp(host)) ? "up" : "down",
    totalGib: known ? totals.reduce((sum, total) => (sum ?? 0) + (total ?? 0), 0) : undefined,
    services: hosts,
  };
}

async function visibleServices({ client }: Cinder) {
  try {
    return await listVolumeServices(client);
  } catch (error) {
    if (error instanceof CinderError && error.status === 403) return undefined;
    throw error;
  }
}
