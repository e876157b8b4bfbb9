import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

/** Where Debian keeps administration tools: a user's PATH often lacks these. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** Debian 12's package of each program that we run or ask about. */
const packageOf = {
  lvm: "lvm2",
  dmsetup: "dmsetup",
  thin_check: "thin-provisioning-tools",
  "mkfs.ext4": "e2fsprogs",
  resize2fs: "e2fsprogs",
  e2fsck: "e2fsprogs",
  "mkfs.xfs": "xfsprogs",
  xfs_growfs: "xfsprogs",
  dd: "coreutils",
  losetup: "mount",
  mount: "mount",
  umount: "mount",
  iscsiadm: "open-iscsi",
  blkid: "util-linux",
  blkdiscard: "util-linux",
  blockdev: "util-linux",
  fallocate: "util-linux",
  flock: "util-linux",
  perl: "perl-base",
  iscsid: "open-iscsi",
  // What the provider itself never runs, but a Cinder on this host, or its containers.
  targetcli: "targetcli-fb",
  tgtadm: "tgt",
  tgtd: "tgt",
  docker: "docker.io",
  "docker-compose": "docker-compose",
} as const;

/** A program that this provider runs or asks about. */
export type Tool = keyof typeof packageOf;

/** PATH for our children: the caller's, and the system folders behind it. */
export function searchPath(): string {
  const own = (process.env.PATH ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return [...new Set([...own, ...systemFolders])].join(":");
}

/** The full path of a program, or undefined where this host lacks it. Runs nothing. */
export function findTool(tool: Tool): string | undefined {
  return searchPath()
    .split(":")
    .map((folder) => join(folder, tool))
    .find(isProgram);
}

/** Debian 12's package of a program. */
export function packageOfTool(tool: Tool): string {
  return packageOf[tool];
}

/** The command that brings a program, e.g. `apt-get install lvm2`. */
export function installCommand(tool: Tool): string {
  return `apt-get install ${packageOf[tool]}`;
}

/** Those of `tools` that this host lacks, each with the command that brings it. */
export function missingTools(tools: readonly Tool[]): { tool: Tool; install: string }[] {
  return tools.filter((tool) => findTool(tool) === undefined).map((tool) => ({ tool, install: installCommand(tool) }));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
