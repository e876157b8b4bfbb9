// Written by `npm run schema` from provider/resources/volume.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import type { Backend } from "./backend.js";
import { BlockboxResource } from "./resource.js";

const properties = ["backend", "size", "name", "description", "metadata"];

/** Arguments of a Volume. */
export interface VolumeArgs {
  /** The Backend that the volume is made in, or its id. */
  backend: pulumi.Input<string> | Backend;
  /** Size in GiB. Grows in place, attached or not; never shrinks. */
  size: pulumi.Input<number>;
  /** Name of the volume: free text. Default: the resource's name and 7 hex digits. */
  name?: pulumi.Input<string>;
  /** What the volume is for. */
  description?: pulumi.Input<string>;
  /** Keys and values of your own, kept with the volume. */
  metadata?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** A volume of a block service: here a logical volume in the Backend's volume group. It is zeroed before first use. */
export class Volume extends BlockboxResource {
  /** The Backend that the volume is made in, or its id. */
  declare readonly backend: pulumi.Output<string>;
  /** Size in GiB. Grows in place, attached or not; never shrinks. */
  declare readonly size: pulumi.Output<number>;
  /** Name of the volume: free text. */
  declare readonly name: pulumi.Output<string>;
  /** What the volume is for. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** Keys and values of your own, kept with the volume. */
  declare readonly metadata: pulumi.Output<{ [key: string]: string }>;

  constructor(name: string, args: VolumeArgs, opts?: pulumi.CustomResourceOptions) {
    super("Volume", name, properties, args, opts);
  }

  /** The Volume that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Volume {
    return new Volume(name, undefined as unknown as VolumeArgs, { ...opts, id });
  }
}
