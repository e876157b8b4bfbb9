// Written by `npm run schema` from provider/resources/attachment.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import { BlockboxResource } from "./resource.js";
import type { Volume } from "./volume.js";

const properties = [
  "volume",
  "size",
  "mode",
  "mount",
  "attachmentId",
  "devicePath",
  "mountPath",
  "hostName",
  "driverVolumeType",
];

/** Arguments of an Attachment. */
export interface AttachmentArgs {
  /** The Volume to attach, or its id. */
  volume: pulumi.Input<string> | Volume;
  /** GiB that the device is to show. Filled in from a Volume given as `volume`. When it grows, so do the device and the file system mounted from it. */
  size?: pulumi.Input<number>;
  /** Whether the volume may be written to. Default: "rw". */
  mode?: pulumi.Input<"rw" | "ro">;
  /** A file system to mount from the device. Left out, there is only the device. */
  mount?: pulumi.Input<AttachmentMountArgs>;
}

/** A file system to mount from the device. Left out, there is only the device. */
export interface AttachmentMountArgs {
  /** Where it is mounted. A missing directory is made; moved in place unless busy. */
  path: pulumi.Input<string>;
  /** Type of the file system. It always fills its device. Default: "ext4". */
  fsType?: pulumi.Input<"ext4">;
  /** Options of mount(8), such as noatime. */
  options?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether a file system may be made. Default: "ifBlank", or "never" with mode "ro". */
  format?: pulumi.Input<"ifBlank" | "never">;
}

/** A file system to mount from the device. Left out, there is only the device. */
export interface AttachmentMount {
  /** Where it is mounted. A missing directory is made; moved in place unless busy. */
  path: string;
  /** Type of the file system. It always fills its device. */
  fsType: "ext4";
  /** Options of mount(8), such as noatime. */
  options: string[];
  /** Whether a file system may be made. */
  format: "ifBlank" | "never";
}

/** A volume made usable on this host: as a block device, and as a mounted file system if `mount` is given. A volume has at most one. */
export class Attachment extends BlockboxResource {
  /** The Volume to attach, or its id. */
  declare readonly volume: pulumi.Output<string>;
  /** GiB that the device is to show. Filled in from a Volume given as `volume`. When it grows, so do the device and the file system mounted from it. */
  declare readonly size: pulumi.Output<number>;
  /** Whether the volume may be written to. */
  declare readonly mode: pulumi.Output<"rw" | "ro">;
  /** A file system to mount from the device. Left out, there is only the device. */
  declare readonly mount: pulumi.Output<AttachmentMount | undefined>;
  /** Id of the attachment within its block service: for LVM, the volume's. */
  declare readonly attachmentId: pulumi.Output<string>;
  /** The block device. It may have another name after a reboot and the next update. */
  declare readonly devicePath: pulumi.Output<string>;
  /** Where its file system is mounted. */
  declare readonly mountPath: pulumi.Output<string | undefined>;
  /** Host that it is attached to. */
  declare readonly hostName: pulumi.Output<string>;
  /** How it is attached: `local` for LVM. */
  declare readonly driverVolumeType: pulumi.Output<string>;

  constructor(name: string, args: AttachmentArgs, opts?: pulumi.CustomResourceOptions) {
    super("Attachment", name, properties, args, opts);
  }

  /** The Attachment that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Attachment {
    return new Attachment(name, undefined as unknown as AttachmentArgs, { ...opts, id });
  }
}
