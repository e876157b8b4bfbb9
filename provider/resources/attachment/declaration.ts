import { z } from "zod";
import {
  defaulted,
  optional,
  optionalOutput,
  output,
  required,
  resolved,
  secretOutput,
  type Values,
} from "../../declaration/property.js";
import {
  boolean,
  gib,
  idOf,
  listOf,
  mapOf,
  object,
  oneOf,
  plainText,
  text,
  wholeNumber,
} from "../../declaration/type.js";
import { commonInputs } from "../common.js";
import { absolutePath } from "../texts.js";
import { volumeIdText } from "../volumeId.js";

const mountOption = text(
  z
    .string("must be a string")
    .regex(/^[^\s,\p{Cc}]{1,255}$/u, "must be one option of mount(8), without commas or spaces: give several as a list")
    .refine(
      (option) => !/^(remount|bind|rbind|move|ro|rw|loop|offset|sizelimit|make-.*|x-.*)(=|$)/.test(option),
      "is not for you to set here: ro and rw follow from mode, and a mount stays one plain mount of the volume's device",
    ),
);

const mountInputs = object("AttachmentMount", {
  path: required(absolutePath, {
    change: "inPlace",
    doc: "Where it is mounted. A missing directory is made; moved in place unless busy.",
  }),
  fsType: defaulted(
    oneOf("FileSystemType", {
      ext4: "The fourth extended file system.",
      xfs: "XFS: `options` needs `nouuid` where a copy of the volume is mounted on the same host.",
    }),
    {
      change: "inPlace",
      default: "ext4",
      doc: "Type of the file system. It always fills its device. That of a volume that has one does not change.",
    },
  ),
  options: defaulted(listOf(mountOption), {
    change: "inPlace",
    default: [],
    doc: "Options of mount(8), such as noatime.",
  }),
  format: defaulted(
    oneOf("FormatPolicy", {
      ifBlank: "A file system is made if the device is proven blank.",
      never: "What is on the device is mounted as it is.",
    }),
    {
      change: "inPlace",
      default: {
        doc: '"ifBlank", or "never" with mode "ro"',
        derive: ({ inputs }) => (inputs.mode === "ro" ? "never" : "ifBlank"),
      },
      doc: "Whether a file system may be made.",
    },
  ),
});

const initiatorName = text(
  z
    .string("must be a string")
    .regex(
      /^(iqn\.\d{4}-\d{2}\.[a-z0-9-]+(\.[a-z0-9-]+)+(:[^\s\p{Cc}]{1,150})?|eui\.[0-9A-Fa-f]{16}|naa\.[0-9A-Fa-f]{16,32})$/u,
      "must be an iSCSI name, as in /etc/iscsi/initiatorname.iscsi: iqn.<year>-<month>.<reversed domain>[:<anything>]",
    ),
);

const connector = object("AttachmentConnector", {
  hostName: required(
    text(
      z
        .string("must be a string")
        .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/, "must be a host name: letters, digits and . - _"),
    ),
    { change: "replace", doc: "Name of the host that attaches." },
  ),
  initiator: required(initiatorName, { change: "replace", doc: "Its iSCSI initiator name (IQN)." }),
  ip: optional(text(z.union([z.ipv4(), z.ipv6()], "must be an IP address") as z.ZodType<string>), {
    change: "replace",
    doc: "Its address on the storage network.",
  }),
  multipath: defaulted(boolean(), { change: "replace", default: false, doc: "Whether it uses several paths." }),
});

const inputs = {
  volume: required(idOf("Volume", volumeIdText), { change: "replace", doc: "The Volume to attach, or its id." }),
  size: resolved(gib(), {
    change: "growOnly",
    doc: "GiB that the device is to show. Filled in from a Volume given as `volume`. When it grows, so do the device and the file system mounted from it.",
  }),
  mode: defaulted(oneOf("AttachMode", { rw: "Read and write.", ro: "Read only, on the device too." }), {
    change: "replace",
    default: "rw",
    doc: "Whether the volume may be written to.",
  }),
  connector: optional(connector, {
    change: "replace",
    only: "cinder",
    unseen: true,
    doc: "The host that attaches the volume by itself, with `connectionInfo`: nothing is run here, the volume is only exported to it. Left out, the volume is attached on this host, over iSCSI.",
  }),
  mount: optional(mountInputs, {
    change: "inPlace",
    doc: "A file system to mount from the device. Left out, there is only the device. Not with `connector`.",
  }),
  ...commonInputs,
};

const iscsi = (what: string) => `${what} (iSCSI)`;

const connectionInfo = object("ConnectionInfo", {
  driverVolumeType: required(plainText, {
    change: "inPlace",
    doc: "The transport: `iscsi`, `nfs`, `nvmeof`, `rbd`, …",
  }),
  targetPortal: optional(plainText, { change: "inPlace", doc: iscsi("Address and port of the target") }),
  targetIqn: optional(plainText, { change: "inPlace", doc: iscsi("Name of the target") }),
  targetLun: optional(wholeNumber("LUN"), { change: "inPlace", doc: iscsi("LUN of the volume") }),
  targetPortals: optional(listOf(plainText), { change: "inPlace", doc: iscsi("With multipath: every portal") }),
  targetIqns: optional(listOf(plainText), { change: "inPlace", doc: iscsi("With multipath: every target") }),
  targetLuns: optional(listOf(wholeNumber("LUN")), { change: "inPlace", doc: iscsi("With multipath: every LUN") }),
  authMethod: optional(plainText, { change: "inPlace", doc: iscsi("`CHAP`, or nothing") }),
  authUsername: optional(plainText, { change: "inPlace", doc: iscsi("CHAP user") }),
  authPassword: optional(plainText, { change: "inPlace", doc: iscsi("CHAP secret") }),
  accessMode: optional(plainText, { change: "inPlace", doc: "`rw` or `ro`." }),
  encrypted: optional(boolean(), { change: "inPlace", doc: "Whether the host has to decrypt it." }),
  discard: optional(boolean(), { change: "inPlace", doc: "Whether the backend takes discards." }),
  export: optional(plainText, { change: "inPlace", doc: "What is mounted (NFS)." }),
  name: optional(plainText, { change: "inPlace", doc: "The volume's file on it (NFS), or image (RBD)." }),
  other: required(mapOf(plainText, z.string()), {
    change: "inPlace",
    doc: "Everything else that the driver says, by its own names: texts as they are, all else as JSON.",
  }),
});

const outputs = {
  attachmentId: output(plainText, "Id of the attachment within its block service: for LVM, the volume's."),
  devicePath: optionalOutput(
    plainText,
    "The block device. It may have another name after a reboot and the next update.",
    { changesWith: "update" },
  ),
  mountPath: optionalOutput(plainText, "Where its file system is mounted.", { changesWith: ["mount"] }),
  hostName: output(plainText, "Host that it is attached to."),
  driverVolumeType: output(plainText, "How it is attached: `local` for LVM, else the transport, such as `iscsi`."),
  connectionInfo: secretOutput(connectionInfo, "With `connector`: what its host needs to reach the volume."),
};

export type AttachmentInputs = Values<typeof inputs>;
export type AttachmentOutputs = Values<typeof outputs>;

export const attachmentDeclaration = {
  name: "Attachment",
  doc: "A volume made usable on a host: on this one as a block device, and as a mounted file system if `mount` is given; for another host (`connector`, with Cinder) as the information that it needs to reach the volume.",
  inputs,
  outputs,
};
