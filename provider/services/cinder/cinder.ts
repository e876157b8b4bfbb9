import { getQuotas, type QuotaUsage } from "./api/quotas.js";
import { type AvailabilityZone, listPools, listZones, type Pool } from "./api/services.js";
import { type CinderSnapshot, getSnapshot, listSnapshots } from "./api/snapshots.js";
import { getDefaultType, listTypes, type VolumeType } from "./api/types.js";
import {
  type CinderVolume,
  getVolume,
  listManageable,
  listSomeVolumes,
  listVolumes,
  type ManageableVolume,
} from "./api/volumes.js";
import { type CinderClient, cinderClient } from "./client/client.js";
import { CinderError, isNotFound } from "./client/error.js";
import { InFlight } from "./inFlight.js";
import { Leftovers } from "./leftovers.js";
import { Poller } from "./poller.js";
import { Reads } from "./reads.js";
import { Recent } from "./recent.js";

/** One Cinder as this process uses it: its client, and what all resources share so that the service is asked little. */
export interface Cinder {
  readonly client: CinderClient;
  readonly inFlight: InFlight;
  readonly volumes: Reads<CinderVolume>;
  readonly snapshots: Reads<CinderSnapshot>;
  readonly leftVolumes: Leftovers<CinderVolume>;
  readonly leftSnapshots: Leftovers<CinderSnapshot>;
  readonly volumeWaits: Poller<CinderVolume>;
  readonly snapshotWaits: Poller<CinderSnapshot>;
  readonly types: Recent<VolumeType[]>;
  /** That of volumes which are made without one, if Cinder has one for them. */
  readonly defaultType: Recent<VolumeType | undefined>;
  readonly zones: Recent<AvailabilityZone[]>;
  readonly pools: Recent<Pool[]>;
  readonly quotas: Recent<Readonly<Record<string, QuotaUsage | undefined>>>;
  /** What exists in a pool, managed or not. */
  manageable(serviceHost: string): Recent<ManageableVolume[]>;
}

const cinders = new Map<CinderClient, Cinder>();

/** `cloud`: an entry of clouds.yaml instead of the configured service. Throws CONFIG_MISSING, CONFIG_INVALID. */
export function cinderOf(cloud: string | undefined): Cinder {
  const client = cinderClient(cloud);
  const known = cinders.get(client);
  if (known) return known;
  const volumes = new Reads(
    (id) => getVolume(client, id),
    () => listVolumes(client),
  );
  const snapshots = new Reads(
    (id) => getSnapshot(client, id),
    () => listSnapshots(client),
  );
  const manageable = new Map<string, Recent<ManageableVolume[]>>();
  const cinder: Cinder = {
    client,
    inFlight: new InFlight(client.maxInFlight),
    volumes,
    snapshots,
    leftVolumes: new Leftovers(
      "Volume",
      async () => (await volumes.list()).values(),
      (id) => getVolume(client, id),
    ),
    leftSnapshots: new Leftovers(
      "Snapshot",
      async () => (await snapshots.list()).values(),
      (id) => getSnapshot(client, id),
    ),
    volumeWaits: new Poller({
      one: (id) => getVolume(client, id),
      some: (ids) => listOfOwn(volumes, () => listSomeVolumes(client, ids)),
    }),
    // Snapshots cannot be listed by their ids.
    snapshotWaits: new Poller({ one: (id) => getSnapshot(client, id), some: () => listSnapshots(client) }),
    types: new Recent(() => listTypes(client)),
    defaultType: new Recent(() => orNothing(getDefaultType(client))),
    zones: new Recent(() => listZones(client)),
    pools: new Recent(() => orNone(listPools(client), [])),
    quotas: new Recent(async () => orNone(getQuotas(client, (await client.location()).project), {})),
    manageable(serviceHost) {
      const known = manageable.get(serviceHost) ?? new Recent(() => listManageable(client, serviceHost));
      manageable.set(serviceHost, known);
      return known;
    },
  };
  cinders.set(client, cinder);
  return cinder;
}

/** Only administrators may list volumes by their ids: to others Cinder answers 400, and they list the project. */
async function listOfOwn(volumes: Reads<CinderVolume>, some: () => Promise<CinderVolume[]>): Promise<CinderVolume[]> {
  try {
    return await some();
  } catch (error) {
    if (!(error instanceof CinderError) || (error.status !== 400 && error.status !== 403)) throw error;
    volumes.wrote();
    return [...(await volumes.list()).values()];
  }
}

/** What a user without rights may not see cannot be judged; Cinder will. */
async function orNone<T>(asked: Promise<T>, none: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CinderError && error.status === 403) return none;
    throw error;
  }
}

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
