import { BlockboxError } from "../../errors.js";
import { listPools, listVolumeServices, type Pool } from "../../services/cinder/api/services.js";
import { isThin, roomOf, totalOf, wholeGib } from "../../services/cinder/capacity.js";
import { type CinderClient, CinderError, cinderClient } from "../../services/cinder/client/client.js";
import type { CinderBackends } from "./declaration.js";

/** Nothing where no Cinder is configured; one that is, and does not answer, is an error. */
export async function backendsIn(cloud: string | undefined): Promise<CinderBackends | undefined> {
  const client = configured(cloud);
  if (client === undefined) return undefined;
  const [services, pools] = await Promise.all([servicesOf(client), poolsOf(client)]);
  return { services, pools };
}

/** Nothing where Cinder tells of them to administrators only. */
export async function servicesOf(client: CinderClient): Promise<CinderBackends["services"]> {
  const services = await forAdministrators(listVolumeServices(client));
  return services
    ?.map(({ host, state, status }) => ({
      host,
      state: state === "up" ? ("up" as const) : ("down" as const),
      enabled: status === "enabled",
    }))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** As `servicesOf`. */
export async function poolsOf(client: CinderClient): Promise<CinderBackends["pools"]> {
  const pools = await forAdministrators(listPools(client));
  return pools?.map(seen).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function configured(cloud: string | undefined): CinderClient | undefined {
  try {
    return cinderClient(cloud);
  } catch (error) {
    if (BlockboxError.is(error) && error.code === "CONFIG_MISSING") return undefined;
    throw error;
  }
}

async function forAdministrators<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CinderError && error.status === 403) return undefined;
    throw error;
  }
}

function seen(pool: Pool) {
  const room = roomOf(pool);
  return {
    name: pool.name,
    volumeBackendName: pool.capabilities.volume_backend_name ?? undefined,
    totalGib: totalOf(pool),
    freeGib: wholeGib(pool.capabilities.free_capacity_gb),
    roomGib: Number.isFinite(room) ? Math.floor(room) : undefined,
    provisionedGib: wholeGib(pool.capabilities.provisioned_capacity_gb),
    thin: isThin(pool),
  };
}
