// Written by `npm run schema` from provider/resources/backend/declaration.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import { BlockboxResource } from "./resource.js";
import type { Timeouts, TimeoutsArgs } from "./types.js";

const properties = [
  "name",
  "lvm",
  "cinder",
  "cloud",
  "timeouts",
  "kind",
  "volumeGroup",
  "volumeType",
  "thin",
  "activation",
  "state",
  "totalGib",
  "devices",
  "services",
];

/** Arguments of a Backend. */
export interface BackendArgs {
  /** Name of the Backend, and with Cinder of its volume type. Default: the resource's name and 7 hex digits. */
  name?: pulumi.Input<string>;
  /** A volume group of this host's lvm2. At most one of `lvm` and `cinder`. */
  lvm?: pulumi.Input<BackendLvmArgs>;
  /** A volume type of a Cinder. Give `{}` for one with all defaults. */
  cinder?: pulumi.Input<BackendCinderArgs>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: pulumi.Input<string>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/** A volume group of this host's lvm2. At most one of `lvm` and `cinder`. */
export interface BackendLvmArgs {
  /** Name of the volume group, which this Backend makes, or adopts. Default: the Backend's `name`. */
  volumeGroup?: pulumi.Input<string>;
  /** Use a volume group that exists. It is never removed, and nothing in it is wiped. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /** Block devices that are to be its physical volumes; they must be blank. Once made they are known by their content, so a device may get another name. One can be added, or removed when no volume has a part on it. */
  devices?: pulumi.Input<pulumi.Input<string>[]>;
  /** The file behind a loop device that is a physical volume of the group. Default: `{}` without `devices` and `adopt`. */
  loopFile?: pulumi.Input<BackendLoopFileArgs>;
  /** A thin pool, `<volume group>-pool`, that new volumes are made in. Left out when it is made: there is one where the kernel has dm-thin and volumes are activated by device-mapper; an adopted group keeps what it has. Cannot be taken away as long as it has volumes. */
  thinPool?: pulumi.Input<boolean | BackendThinPoolArgs>;
  /** What becomes of a thick volume's data when the volume is deleted. Default: "zero". */
  volumeClear?: pulumi.Input<"zero" | "none">;
  /** How volumes become devices. Changed only while none is attached. Default: "auto". */
  activation?: pulumi.Input<"auto" | "deviceMapper" | "loop">;
}

/** A volume group of this host's lvm2. At most one of `lvm` and `cinder`. */
export interface BackendLvm {
  /** Name of the volume group, which this Backend makes, or adopts. */
  volumeGroup: string;
  /** Use a volume group that exists. It is never removed, and nothing in it is wiped. */
  adopt: boolean;
  /** Block devices that are to be its physical volumes; they must be blank. Once made they are known by their content, so a device may get another name. One can be added, or removed when no volume has a part on it. */
  devices: string[];
  /** The file behind a loop device that is a physical volume of the group. */
  loopFile?: BackendLoopFile;
  /** A thin pool, `<volume group>-pool`, that new volumes are made in. Left out when it is made: there is one where the kernel has dm-thin and volumes are activated by device-mapper; an adopted group keeps what it has. Cannot be taken away as long as it has volumes. */
  thinPool?: boolean | BackendThinPool;
  /** What becomes of a thick volume's data when the volume is deleted. */
  volumeClear: "zero" | "none";
  /** How volumes become devices. Changed only while none is attached. */
  activation: "auto" | "deviceMapper" | "loop";
}

/** The file behind a loop device that is a physical volume of the group. */
export interface BackendLoopFileArgs {
  /** Where the file is. It must not exist yet; missing directories are made. Default: `/var/lib/blockbox/<name>.img`. */
  path?: pulumi.Input<string>;
  /** Size of the file in GiB. Grows in place; never shrinks. lvm's own metadata take a part of the first GiB. Default: 10. */
  size?: pulumi.Input<number>;
  /** Whether the file takes space only as it is written. Otherwise its space is reserved at once. Default: false. */
  sparse?: pulumi.Input<boolean>;
}

/** The file behind a loop device that is a physical volume of the group. */
export interface BackendLoopFile {
  /** Where the file is. It must not exist yet; missing directories are made. */
  path: string;
  /** Size of the file in GiB. Grows in place; never shrinks. lvm's own metadata take a part of the first GiB. */
  size: number;
  /** Whether the file takes space only as it is written. Otherwise its space is reserved at once. */
  sparse: boolean;
}

/** A thin pool, `<volume group>-pool`, that new volumes are made in. Left out when it is made: there is one where the kernel has dm-thin and volumes are activated by device-mapper; an adopted group keeps what it has. Cannot be taken away as long as it has volumes. */
export interface BackendThinPoolArgs {
  /** Size of the pool's data in GiB. Left out: 95 % of what the group has beside other logical volumes, and it grows with the group. */
  size?: pulumi.Input<number>;
  /** Size of the pool's metadata in MiB. Left out: 2 MiB for each GiB of data, at least 16. As much again is kept for its repair. */
  metadataSizeMib?: pulumi.Input<number>;
  /** How many times the pool's size its volumes may promise together. With 1 it can never run full by volumes alone; snapshots take room beside. Default: 1. */
  maxOverSubscriptionRatio?: pulumi.Input<number>;
}

/** A thin pool, `<volume group>-pool`, that new volumes are made in. Left out when it is made: there is one where the kernel has dm-thin and volumes are activated by device-mapper; an adopted group keeps what it has. Cannot be taken away as long as it has volumes. */
export interface BackendThinPool {
  /** Size of the pool's data in GiB. Left out: 95 % of what the group has beside other logical volumes, and it grows with the group. */
  size?: number;
  /** Size of the pool's metadata in MiB. Left out: 2 MiB for each GiB of data, at least 16. As much again is kept for its repair. */
  metadataSizeMib?: number;
  /** How many times the pool's size its volumes may promise together. With 1 it can never run full by volumes alone; snapshots take room beside. */
  maxOverSubscriptionRatio: number;
}

/** A volume type of a Cinder. Give `{}` for one with all defaults. */
export interface BackendCinderArgs {
  /** The backend that serves the type: its `volume_backend_name` in cinder.conf. */
  volumeBackendName?: pulumi.Input<string>;
  /** Extra specs of the volume type. Keys that are not given here are left alone. */
  extraSpecs?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Description of the volume type. */
  description?: pulumi.Input<string>;
  /** Whether every project may use the volume type. Default: true; one that is adopted stays as it is. */
  public?: pulumi.Input<boolean>;
  /** The volume service that create and update wait for, until it is up and its pool has reported: `<host>@<backend>`. */
  serviceHost?: pulumi.Input<string>;
  /** Use a volume type of this name that exists. It is never deleted. Default: false. */
  adopt?: pulumi.Input<boolean>;
}

/** A volume type of a Cinder. Give `{}` for one with all defaults. */
export interface BackendCinder {
  /** The backend that serves the type: its `volume_backend_name` in cinder.conf. */
  volumeBackendName?: string;
  /** Extra specs of the volume type. Keys that are not given here are left alone. */
  extraSpecs: { [key: string]: string };
  /** Description of the volume type. */
  description?: string;
  /** Whether every project may use the volume type. Default: true; one that is adopted stays as it is. */
  public?: boolean;
  /** The volume service that create and update wait for, until it is up and its pool has reported: `<host>@<backend>`. */
  serviceHost?: string;
  /** Use a volume type of this name that exists. It is never deleted. */
  adopt: boolean;
}

/** A pool of storage that volumes are made in: an LVM volume group of this host, on devices or on a file behind a loop device, or a volume type of a Cinder. With no inputs at all it is a volume group of 10 GiB in /var/lib/blockbox. */
export class Backend extends BlockboxResource {
  /** Name of the Backend, and with Cinder of its volume type. */
  declare readonly name: pulumi.Output<string>;
  /** A volume group of this host's lvm2. At most one of `lvm` and `cinder`. */
  declare readonly lvm: pulumi.Output<BackendLvm | undefined>;
  /** A volume type of a Cinder. Give `{}` for one with all defaults. */
  declare readonly cinder: pulumi.Output<BackendCinder | undefined>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  declare readonly cloud: pulumi.Output<string | undefined>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  declare readonly timeouts: pulumi.Output<Timeouts | undefined>;
  /** Which block service answers for it. */
  declare readonly kind: pulumi.Output<"lvm" | "cinder">;
  /** With LVM: name of the volume group. */
  declare readonly volumeGroup: pulumi.Output<string | undefined>;
  /** With Cinder: name of the volume type. */
  declare readonly volumeType: pulumi.Output<string | undefined>;
  /** With LVM: whether new volumes are thin. */
  declare readonly thin: pulumi.Output<boolean | undefined>;
  /** With LVM: how its volumes become devices. */
  declare readonly activation: pulumi.Output<"deviceMapper" | "loop" | undefined>;
  /** Whether it could be used when last created, updated or refreshed. */
  declare readonly state: pulumi.Output<"up" | "down">;
  /** Whole GiB that it has for volumes, used and free; absent where Cinder's driver does not tell. */
  declare readonly totalGib: pulumi.Output<number | undefined>;
  /** With LVM: devices that are its physical volumes. */
  declare readonly devices: pulumi.Output<string[]>;
  /** With Cinder: the volume services that serve it, `<host>@<backend>`. */
  declare readonly services: pulumi.Output<string[]>;

  constructor(name: string, args?: BackendArgs, opts?: pulumi.CustomResourceOptions) {
    super("Backend", name, { properties }, args, opts);
  }

  /** The Backend that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Backend {
    return new Backend(name, undefined as unknown as BackendArgs, { ...opts, id });
  }
}
