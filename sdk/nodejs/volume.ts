// Written by `npm run schema` from provider/resources/volume/declaration.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import type { Backend } from "./backend.js";
import { BlockboxResource } from "./resource.js";
import type { Snapshot } from "./snapshot.js";
import type { Timeouts, TimeoutsArgs } from "./types.js";

const properties = [
  "backend",
  "volumeType",
  "size",
  "name",
  "description",
  "metadata",
  "bootable",
  "readOnly",
  "snapshotId",
  "sourceVolumeId",
  "adopt",
  "availabilityZone",
  "schedulerHints",
  "retypePolicy",
  "cascade",
  "cloud",
  "timeouts",
  "volumeTypeName",
  "serviceHost",
  "encrypted",
  "multiattach",
  "createdAt",
];

/** Arguments of a Volume. */
export interface VolumeArgs {
  /** The Backend that the volume is made in, or its id. Left out: Cinder's default volume type. Changed in place within Cinder (a retype), otherwise replaced. */
  backend?: pulumi.Input<string> | Backend;
  /** Name or UUID of a volume type, instead of `backend`. Changed by a retype. */
  volumeType?: pulumi.Input<string>;
  /** Size in GiB; may be left out with a source, whose size it then has. Grows in place, attached or not; never shrinks. */
  size?: pulumi.Input<number>;
  /** Name of the volume: free text. Default: the resource's name and 7 hex digits. */
  name?: pulumi.Input<string>;
  /** What the volume is for. */
  description?: pulumi.Input<string>;
  /** Keys and values of your own, kept with the volume. Keys that were never given here are left alone. */
  metadata?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Whether the volume is marked as one to boot from. Left out, that is as its source has it, and false without one. */
  bootable?: pulumi.Input<boolean>;
  /** Whether attachments may only read it. Changed while it has none. Default: false. */
  readOnly?: pulumi.Input<boolean>;
  /** The Snapshot that it starts as a copy of, or its id. At most one of `snapshotId`, `sourceVolumeId` and `adopt`. It may be removed once the volume exists. */
  snapshotId?: pulumi.Input<string> | Snapshot;
  /** The Volume that it starts as a copy of, or its id. It may be removed once the volume exists. */
  sourceVolumeId?: pulumi.Input<string> | Volume;
  /** What exists on a backend and is taken over as this volume, without copying. Only looked at when the volume is created. */
  adopt?: pulumi.Input<VolumeAdoptArgs>;
  /** Availability zone. Left out, Cinder chooses. */
  availabilityZone?: pulumi.Input<string>;
  /** Hints for Cinder's scheduler, such as `different_host` or `same_host` with a volume's id, or `query`. */
  schedulerHints?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Whether a retype may move the volume. Default: `never`. Default: "never". */
  retypePolicy?: pulumi.Input<"never" | "onDemand">;
  /** Whether deleting the volume deletes its snapshots too. Acts once an update has stored it. Default: false. */
  cascade?: pulumi.Input<boolean>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: pulumi.Input<string>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/** What exists on a backend and is taken over as this volume, without copying. Only looked at when the volume is created. */
export interface VolumeAdoptArgs {
  /** The pool that has it: `<host>@<backend>#<pool>`. */
  serviceHost: pulumi.Input<string>;
  /** What the backend calls it: for LVM, the logical volume's name. */
  sourceName: pulumi.Input<string>;
}

/** What exists on a backend and is taken over as this volume, without copying. Only looked at when the volume is created. */
export interface VolumeAdopt {
  /** The pool that has it: `<host>@<backend>#<pool>`. */
  serviceHost: string;
  /** What the backend calls it: for LVM, the logical volume's name. */
  sourceName: string;
}

/** A volume of a block service: a Cinder volume, or a logical volume in the Backend's volume group, zeroed before first use. */
export class Volume extends BlockboxResource {
  /** The Backend that the volume is made in, or its id. Left out: Cinder's default volume type. Changed in place within Cinder (a retype), otherwise replaced. */
  declare readonly backend: pulumi.Output<string | undefined>;
  /** Name or UUID of a volume type, instead of `backend`. Changed by a retype. */
  declare readonly volumeType: pulumi.Output<string | undefined>;
  /** Size in GiB; may be left out with a source, whose size it then has. Grows in place, attached or not; never shrinks. */
  declare readonly size: pulumi.Output<number>;
  /** Name of the volume: free text. */
  declare readonly name: pulumi.Output<string>;
  /** What the volume is for. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** Keys and values of your own, kept with the volume. Keys that were never given here are left alone. */
  declare readonly metadata: pulumi.Output<{ [key: string]: string }>;
  /** Whether the volume is marked as one to boot from. Left out, that is as its source has it, and false without one. */
  declare readonly bootable: pulumi.Output<boolean>;
  /** Whether attachments may only read it. Changed while it has none. */
  declare readonly readOnly: pulumi.Output<boolean>;
  /** The Snapshot that it starts as a copy of, or its id. At most one of `snapshotId`, `sourceVolumeId` and `adopt`. It may be removed once the volume exists. */
  declare readonly snapshotId: pulumi.Output<string | undefined>;
  /** The Volume that it starts as a copy of, or its id. It may be removed once the volume exists. */
  declare readonly sourceVolumeId: pulumi.Output<string | undefined>;
  /** What exists on a backend and is taken over as this volume, without copying. Only looked at when the volume is created. */
  declare readonly adopt: pulumi.Output<VolumeAdopt | undefined>;
  /** Availability zone. Left out, Cinder chooses. */
  declare readonly availabilityZone: pulumi.Output<string | undefined>;
  /** Hints for Cinder's scheduler, such as `different_host` or `same_host` with a volume's id, or `query`. */
  declare readonly schedulerHints: pulumi.Output<{ [key: string]: string } | undefined>;
  /** Whether a retype may move the volume. */
  declare readonly retypePolicy: pulumi.Output<"never" | "onDemand" | undefined>;
  /** Whether deleting the volume deletes its snapshots too. Acts once an update has stored it. */
  declare readonly cascade: pulumi.Output<boolean>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  declare readonly cloud: pulumi.Output<string | undefined>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  declare readonly timeouts: pulumi.Output<Timeouts | undefined>;
  /** With Cinder: name of its volume type. */
  declare readonly volumeTypeName: pulumi.Output<string | undefined>;
  /** With Cinder: the pool that holds it, `<host>@<backend>#<pool>`. */
  declare readonly serviceHost: pulumi.Output<string | undefined>;
  /** With Cinder: whether Cinder encrypts it. */
  declare readonly encrypted: pulumi.Output<boolean | undefined>;
  /** With Cinder: whether it may be attached to several hosts at once. */
  declare readonly multiattach: pulumi.Output<boolean | undefined>;
  /** When it was made, UTC. */
  declare readonly createdAt: pulumi.Output<string | undefined>;

  constructor(name: string, args?: VolumeArgs, opts?: pulumi.CustomResourceOptions) {
    super("Volume", name, { properties }, args, opts);
  }

  /** The Volume that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Volume {
    return new Volume(name, undefined as unknown as VolumeArgs, { ...opts, id });
  }
}
