import { existsSync } from "node:fs";
import { findAll } from "../lib/environment.mjs";
import { Failure } from "../lib/failure.mjs";
import { installPackages } from "./hostPackages.mjs";
import { withServicesQuiet } from "./quietServices.mjs";

/** @type {Record<string, readonly string[]>} Debian's packages and their programs that tests in the guest need */
const programsOf = {
  "user-mode-linux": ["linux.uml"],
  kmod: ["modprobe", "insmod"],
  udev: ["udevadm"],
  iproute2: ["ip"],
  xfsprogs: ["mkfs.xfs", "xfs_growfs"],
  "thin-provisioning-tools": ["thin_check", "thin_dump"],
};

/** The guest's init starts it by its path. */
const fileOf = { udev: "/usr/lib/systemd/systemd-udevd" };

/** @param {import("../lib/environment.mjs").Environment} env */
export function lackingGuestPackages(env) {
  const programs = Object.entries(programsOf).filter(([, names]) =>
    names.some((name) => findAll(env, name).length === 0),
  );
  const files = Object.entries(fileOf).filter(([, file]) => !existsSync(file));
  return [...new Set([...programs, ...files].map(([name]) => name))];
}

/** @param {import("../lib/environment.mjs").Environment} env */
export async function bringGuestPackages(env) {
  const lacking = lackingGuestPackages(env);
  if (lacking.length === 0) return;
  await withServicesQuiet(env, () => installPackages(lacking, env));
  const still = lackingGuestPackages(env);
  if (still.length > 0)
    throw new Failure(
      `apt-get installed ${lacking.join(", ")}, but what is in ${still.join(", ")} is not to be found.`,
    );
}
