import { bringPackages, lackingOf } from "./debianPackages.mjs";

/** @type {Record<string, readonly string[]>} Debian's packages and their programs that tests in the guest need */
const programsOf = {
  "user-mode-linux": ["linux.uml"],
  kmod: ["modprobe", "insmod"],
  udev: ["udevadm"],
  iproute2: ["ip"],
  xfsprogs: ["mkfs.xfs", "xfs_growfs"],
  "thin-provisioning-tools": ["thin_check", "thin_dump"],
  "open-iscsi": ["iscsiadm", "iscsid"],
  tgt: ["tgtd", "tgtadm", "tgt-admin"],
};

/** The guest's init starts it by its path. */
const fileOf = { udev: "/usr/lib/systemd/systemd-udevd" };

/** @param {import("../lib/environment.mjs").Environment} env */
export const lackingGuestPackages = (env) => lackingOf(programsOf, fileOf, env);

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringGuestPackages = (env) => bringPackages(lackingGuestPackages, env);
