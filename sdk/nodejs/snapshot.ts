// Written by `npm run schema` from provider/resources/snapshot/declaration.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import { BlockboxResource } from "./resource.js";
import type { Timeouts, TimeoutsArgs } from "./types.js";
import type { Volume } from "./volume.js";

const properties = ["volume", "name", "description", "metadata", "force", "cloud", "timeouts", "size", "createdAt"];

/** Arguments of a Snapshot. */
export interface SnapshotArgs {
  /** The Volume that it is taken of, or its id. */
  volume: pulumi.Input<string> | Volume;
  /** Name of the snapshot: free text. Default: the resource's name and 7 hex digits. */
  name?: pulumi.Input<string>;
  /** What the snapshot is for. */
  description?: pulumi.Input<string>;
  /** Keys and values of your own, kept with the snapshot. Keys that were never given here are left alone. */
  metadata?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Whether it may be taken while the volume is attached. Default: true. */
  force?: pulumi.Input<boolean>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: pulumi.Input<string>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/** What a volume held at one moment: a snapshot in Cinder, or (with device-mapper) a logical volume. Volumes can begin as copies of it. */
export class Snapshot extends BlockboxResource {
  /** The Volume that it is taken of, or its id. */
  declare readonly volume: pulumi.Output<string>;
  /** Name of the snapshot: free text. */
  declare readonly name: pulumi.Output<string>;
  /** What the snapshot is for. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** Keys and values of your own, kept with the snapshot. Keys that were never given here are left alone. */
  declare readonly metadata: pulumi.Output<{ [key: string]: string }>;
  /** Whether it may be taken while the volume is attached. */
  declare readonly force: pulumi.Output<boolean>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  declare readonly cloud: pulumi.Output<string | undefined>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  declare readonly timeouts: pulumi.Output<Timeouts | undefined>;
  /** Size of the volume when it was taken, in GiB. */
  declare readonly size: pulumi.Output<number | undefined>;
  /** When it was taken, UTC. */
  declare readonly createdAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: SnapshotArgs, opts?: pulumi.CustomResourceOptions) {
    super("Snapshot", name, { properties }, args, opts);
  }

  /** The Snapshot that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Snapshot {
    return new Snapshot(name, undefined as unknown as SnapshotArgs, { ...opts, id });
  }
}
