// Written by `npm run schema` from provider/resources/attachment/declaration.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";
import { BlockboxResource } from "./resource.js";
import type { Timeouts, TimeoutsArgs } from "./types.js";
import type { Volume } from "./volume.js";

const properties = [
  "volume",
  "size",
  "mode",
  "connector",
  "mount",
  "cloud",
  "timeouts",
  "attachmentId",
  "devicePath",
  "mountPath",
  "hostName",
  "driverVolumeType",
  "connectionInfo",
];
const secrets = ["connectionInfo"];

/** Arguments of an Attachment. */
export interface AttachmentArgs {
  /** The Volume to attach, or its id. */
  volume: pulumi.Input<string> | Volume;
  /** GiB that the device is to show. Filled in from a Volume given as `volume`. When it grows, so do the device and the file system mounted from it. */
  size?: pulumi.Input<number>;
  /** Whether the volume may be written to. Default: "rw". */
  mode?: pulumi.Input<"rw" | "ro">;
  /** The host that attaches the volume by itself, with `connectionInfo`: nothing is run here, the volume is only exported to it. Left out, the volume is attached on this host, over iSCSI. */
  connector?: pulumi.Input<AttachmentConnectorArgs>;
  /** A file system to mount from the device. Left out, there is only the device. Not with `connector`. */
  mount?: pulumi.Input<AttachmentMountArgs>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: pulumi.Input<string>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  timeouts?: pulumi.Input<TimeoutsArgs>;
}

/** The host that attaches the volume by itself, with `connectionInfo`: nothing is run here, the volume is only exported to it. Left out, the volume is attached on this host, over iSCSI. */
export interface AttachmentConnectorArgs {
  /** Name of the host that attaches. */
  hostName: pulumi.Input<string>;
  /** Its iSCSI initiator name (IQN). */
  initiator: pulumi.Input<string>;
  /** Its address on the storage network. */
  ip?: pulumi.Input<string>;
  /** Whether it uses several paths. Default: false. */
  multipath?: pulumi.Input<boolean>;
}

/** The host that attaches the volume by itself, with `connectionInfo`: nothing is run here, the volume is only exported to it. Left out, the volume is attached on this host, over iSCSI. */
export interface AttachmentConnector {
  /** Name of the host that attaches. */
  hostName: string;
  /** Its iSCSI initiator name (IQN). */
  initiator: string;
  /** Its address on the storage network. */
  ip?: string;
  /** Whether it uses several paths. */
  multipath: boolean;
}

/** A file system to mount from the device. Left out, there is only the device. Not with `connector`. */
export interface AttachmentMountArgs {
  /** Where it is mounted. A missing directory is made; moved in place unless busy. */
  path: pulumi.Input<string>;
  /** Type of the file system. It always fills its device. That of a volume that has one does not change. Default: "ext4". */
  fsType?: pulumi.Input<"ext4" | "xfs">;
  /** Options of mount(8), such as noatime. */
  options?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether a file system may be made. Default: "ifBlank", or "never" with mode "ro". */
  format?: pulumi.Input<"ifBlank" | "never">;
}

/** A file system to mount from the device. Left out, there is only the device. Not with `connector`. */
export interface AttachmentMount {
  /** Where it is mounted. A missing directory is made; moved in place unless busy. */
  path: string;
  /** Type of the file system. It always fills its device. That of a volume that has one does not change. */
  fsType: "ext4" | "xfs";
  /** Options of mount(8), such as noatime. */
  options: string[];
  /** Whether a file system may be made. */
  format: "ifBlank" | "never";
}

/** With `connector`: what its host needs to reach the volume. */
export interface ConnectionInfo {
  /** The transport: `iscsi`, `nfs`, `nvmeof`, `rbd`, … */
  driverVolumeType: string;
  /** Address and port of the target (iSCSI) */
  targetPortal?: string;
  /** Name of the target (iSCSI) */
  targetIqn?: string;
  /** LUN of the volume (iSCSI) */
  targetLun?: number;
  /** With multipath: every portal (iSCSI) */
  targetPortals?: string[];
  /** With multipath: every target (iSCSI) */
  targetIqns?: string[];
  /** With multipath: every LUN (iSCSI) */
  targetLuns?: number[];
  /** `CHAP`, or nothing (iSCSI) */
  authMethod?: string;
  /** CHAP user (iSCSI) */
  authUsername?: string;
  /** CHAP secret (iSCSI) */
  authPassword?: string;
  /** `rw` or `ro`. */
  accessMode?: string;
  /** Whether the host has to decrypt it. */
  encrypted?: boolean;
  /** Whether the backend takes discards. */
  discard?: boolean;
  /** What is mounted (NFS). */
  export?: string;
  /** The volume's file on it (NFS), or image (RBD). */
  name?: string;
  /** Everything else that the driver says, by its own names: texts as they are, all else as JSON. */
  other: { [key: string]: string };
}

/** A volume made usable on a host: on this one as a block device, and as a mounted file system if `mount` is given; for another host (`connector`, with Cinder) as the information that it needs to reach the volume. */
export class Attachment extends BlockboxResource {
  /** The Volume to attach, or its id. */
  declare readonly volume: pulumi.Output<string>;
  /** GiB that the device is to show. Filled in from a Volume given as `volume`. When it grows, so do the device and the file system mounted from it. */
  declare readonly size: pulumi.Output<number>;
  /** Whether the volume may be written to. */
  declare readonly mode: pulumi.Output<"rw" | "ro">;
  /** The host that attaches the volume by itself, with `connectionInfo`: nothing is run here, the volume is only exported to it. Left out, the volume is attached on this host, over iSCSI. */
  declare readonly connector: pulumi.Output<AttachmentConnector | undefined>;
  /** A file system to mount from the device. Left out, there is only the device. Not with `connector`. */
  declare readonly mount: pulumi.Output<AttachmentMount | undefined>;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  declare readonly cloud: pulumi.Output<string | undefined>;
  /** How long the service may take, in place of the configured `operationTimeout`. */
  declare readonly timeouts: pulumi.Output<Timeouts | undefined>;
  /** Id of the attachment within its block service: for LVM, the volume's. */
  declare readonly attachmentId: pulumi.Output<string>;
  /** The block device. It may have another name after a reboot and the next update. */
  declare readonly devicePath: pulumi.Output<string | undefined>;
  /** Where its file system is mounted. */
  declare readonly mountPath: pulumi.Output<string | undefined>;
  /** Host that it is attached to. */
  declare readonly hostName: pulumi.Output<string>;
  /** How it is attached: `local` for LVM, else the transport, such as `iscsi`. */
  declare readonly driverVolumeType: pulumi.Output<string>;
  /** With `connector`: what its host needs to reach the volume. */
  declare readonly connectionInfo: pulumi.Output<ConnectionInfo | undefined>;

  constructor(name: string, args: AttachmentArgs, opts?: pulumi.CustomResourceOptions) {
    super("Attachment", name, { properties, secrets }, args, opts);
  }

  /** The Attachment that has this id, whoever manages it: it is read, never changed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): Attachment {
    return new Attachment(name, undefined as unknown as AttachmentArgs, { ...opts, id });
  }
}
