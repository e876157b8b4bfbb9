// Written by `npm run schema` from provider/resources/backend.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import { BlockboxResource } from "./resource.js";

const properties = ["name", "lvm", "kind", "volumeGroup", "thin", "activation", "state", "totalGib", "devices"];

/** Arguments of a Backend. */
export interface BackendArgs {
  /** Name of the Backend. Default: the resource's name and 7 hex digits. */
  name?: pulumi.Input<string>;
  /** A volume group of this host's lvm2. */
  lvm?: pulumi.Input<BackendLvmArgs>;
}

/** A volume group of this host's lvm2. */
export interface BackendLvmArgs {
  /** Name of the volume group, which this Backend makes. Default: the Backend's `name`. */
  volumeGroup?: pulumi.Input<string>;
  /** The file behind a loop device that is the group's physical volume. */
  loopFile?: pulumi.Input<BackendLoopFileArgs>;
  /** What becomes of a volume's data when the volume is deleted. Default: "zero". */
  volumeClear?: pulumi.Input<"zero" | "none">;
}

/** A volume group of this host's lvm2. */
export interface BackendLvm {
  /** Name of the volume group, which this Backend makes. */
  volumeGroup: string;
  /** The file behind a loop device that is the group's physical volume. */
  loopFile: BackendLoopFile;
  /** What becomes of a volume's data when the volume is deleted. */
  volumeClear: "zero" | "none";
}

/** The file behind a loop device that is the group's physical volume. */
export interface BackendLoopFileArgs {
  /** Where the file is. It must not exist yet; missing directories are made. Default: `/var/lib/blockbox/<name>.img`. */
  path?: pulumi.Input<string>;
  /** Size of the file in GiB. Grows in place; never shrinks. lvm's own metadata take a part of the first GiB. Default: 10. */
  size?: pulumi.Input<number>;
  /** Whether the file takes space only as it is written. Otherwise its space is reserved at once. Default: false. */
  sparse?: pulumi.Input<boolean>;
}

/** The file behind a loop device that is the group's physical volume. */
export interface BackendLoopFile {
  /** Where the file is. It must not exist yet; missing directories are made. */
  path: string;
  /** Size of the file in GiB. Grows in place; never shrinks. lvm's own metadata take a part of the first GiB. */
  size: number;
  /** Whether the file takes space only as it is written. Otherwise its space is reserved at once. */
  sparse: boolean;
}

/** A pool of storage that volumes are made in: an LVM volume group of this host, on a file behind a loop device. With no inputs at all it is one of 10 GiB in /var/lib/blockbox. */
export class Backend extends BlockboxResource {
  /** Name of the Backend. */
  declare readonly name: pulumi.Output<string>;
  /** A volume group of this host's lvm2. */
  declare readonly lvm: pulumi.Output<BackendLvm>;
  /** Which block service answers for it. */
  declare readonly kind: pulumi.Output<"lvm">;
  /** Name of the volume group. */
  declare readonly volumeGroup: pulumi.Output<string>;
  /** Whether new volumes are thin. */
  declare readonly thin: pulumi.Output<boolean>;
  /** How its volumes become devices. */
  declare readonly activation: pulumi.Output<"loop">;
  /** Whether it could be used when last created, updated or refreshed. */
  declare readonly state: pulumi.Output<"up" | "down">;
  /** Whole GiB that it has for volumes, used and free. */
  declare readonly totalGib: pulumi.Output<number>;
  /** Devices that are its physical volumes. */
  declare readonly devices: pulumi.Output<string[]>;

  constructor(name: string, args?: BackendArgs, opts?: pulumi.CustomResourceOptions) {
    super("Backend", name, properties, args, opts);
  }

  /** The Backend that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Backend {
    return new Backend(name, undefined as unknown as BackendArgs, { ...opts, id });
  }
}
