import type { Bed } from "../../support/bed.js";
import type { Program } from "../../support/deployment.js";
import type { Props } from "../../support/rpc.js";
import { type BadInput, existing, known, onlyCinder, path, wholeGib } from "./case.js";

/** An attachment of the second volume of the bed. */
const newAttachment =
  (inputs: (bed: Bed) => Props) =>
  (bed: Bed): Program => [
    bed.backend({ size: 6 }),
    bed.volume("spare", { size: 1 }),
    bed.attachment("other", "spare", inputs(bed)),
  ];
const mount = (inputs: (bed: Bed) => Props) =>
  newAttachment((bed) => ({ mount: { path: bed.path("other"), ...inputs(bed) } }));

export const attachments: readonly BadInput[] = [
  {
    name: "a volume id with a path in it",
    program: newAttachment(() => ({ volume: "../../etc" })),
    property: path("volume"),
    says: /volume-<uuid>/,
  },
  {
    name: "a volume id without a group",
    program: newAttachment(() => ({ volume: "volume-1" })),
    property: path("volume"),
    says: /volume-<uuid>/,
  },
  {
    name: "a volume id that is a map",
    program: newAttachment(() => ({ volume: { id: "x" } })),
    property: path("volume"),
    says: /Volume or its id/,
  },
  {
    name: "an unknown mode",
    program: newAttachment(() => ({ mode: "rwx" })),
    property: path("mode"),
    says: /"rw" or "ro"/,
  },
  {
    name: "an attachment's size as text",
    program: newAttachment(() => ({ size: "1" })),
    property: path("size"),
    says: wholeGib,
  },
  { name: "mount as text", program: newAttachment(() => ({ mount: "/mnt" })), property: path("mount"), says: /object/ },
  {
    name: "a mount without a path",
    program: newAttachment(() => ({ mount: {} })),
    property: path("mount.path"),
    says: /is required/,
  },
  {
    name: "a relative mount path",
    program: mount(() => ({ path: "mnt" })),
    property: path("mount.path"),
    says: /absolute path/,
  },
  {
    name: "a mount path with ..",
    program: mount((bed) => ({ path: `${bed.dir}/../x` })),
    property: path("mount.path"),
    says: /\.\./,
  },
  {
    name: "the root as a mount path",
    program: mount(() => ({ path: "/" })),
    property: path("mount.path"),
    says: /root/,
  },
  {
    name: "a mount point that is a file",
    program: mount((bed) => ({ path: bed.path("foreign.img") })),
    property: path("mount.path"),
    says: /directory/,
  },
  {
    name: "a mount point that holds files",
    program: mount((bed) => ({ path: bed.path("full") })),
    property: path("mount.path"),
    says: /holds files, which the mount would hide/,
  },
  {
    name: "a mount point below a file",
    program: mount((bed) => ({ path: `${bed.path("foreign.img")}/x` })),
    property: path("mount.path"),
    says: /directory/,
  },
  {
    name: "a mount point in use",
    program: mount((bed) => ({ path: bed.path("busy") })),
    property: path("mount.path"),
    says: /mounted/,
  },
  {
    name: "a mount point in use by another attachment",
    program: mount((bed) => ({ path: bed.path("disk") })),
    property: path("mount.path"),
    says: /mounted there|mount point of another Attachment/,
  },
  {
    name: "an unknown file system type",
    program: mount(() => ({ fsType: "btrfs" })),
    property: path("mount.fsType"),
    says: /"ext4"/,
  },
  {
    name: "another file system type than the one that is mounted",
    program: (bed) => [
      ...existing(bed).slice(0, 3),
      bed.attachment("disk", "data", { mount: { path: bed.path("disk"), fsType: "xfs", options: ["noinit_itable"] } }),
    ],
    property: /mount\.fsType/,
    says: /has an ext4 file system, and nothing is made over it/,
    byDiff: true,
  },
  {
    name: "an unknown format policy",
    program: mount(() => ({ format: "always" })),
    property: path("mount.format"),
    says: /"ifBlank" or "never"/,
  },
  {
    name: "a mount option with a comma",
    program: mount(() => ({ options: ["noatime,suid"] })),
    property: /^mount\.options/,
    says: /comma/,
  },
  {
    name: "a mount option with a newline",
    program: mount(() => ({ options: ["noatime\nsuid"] })),
    property: /^mount\.options/,
    says: /one option/,
  },
  {
    name: "remount as a mount option",
    program: mount(() => ({ options: ["remount"] })),
    property: /^mount\.options/,
    says: /not for you to set/,
  },
  {
    name: "mount options as text",
    program: mount(() => ({ options: "noatime" })),
    property: path("mount.options"),
    says: /list/,
  },
  {
    name: "an unknown property of a mount",
    program: mount(() => ({ label: "x" })),
    property: path("mount.label"),
    says: known,
  },
  {
    name: "an unknown property of an attachment",
    program: newAttachment(() => ({ colour: "red" })),
    property: path("colour"),
    says: known,
  },
  {
    name: "a connector, which is Cinder's, for a logical volume",
    program: newAttachment(() => ({ connector: { hostName: "h", initiator: "iqn.2026-01.org.example:h" } })),
    property: path("connector"),
    says: onlyCinder,
  },
];
