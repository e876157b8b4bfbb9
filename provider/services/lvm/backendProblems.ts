import { existsSync, lstatSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { nearestExisting } from "../../host/mounts.js";
import { missingTools, type Tool } from "../../host/tools.js";
import type { BackendWish, Identity, LoopFile, Problem } from "../service.js";
import { recentGroups } from "./change.js";
import { gibBytes } from "./geometry.js";
import { ownerOf, requireLoopFile, workingPath } from "./loopFile.js";
import { isGroupOf } from "./marking.js";
import { planBackend, plannedOwner } from "./plan.js";

const tools: Tool[] = ["lvm", "losetup", "flock", "blkid", "blkdiscard", "blockdev", "fallocate", "perl"];

/** What Backends of this deployment had before, by identity: a replacement is checked again as if there had been nothing. */
const earlier = new Map<string, BackendWish>();

/** Whose the files are that Backends of this deployment will make, by path. */
const plannedFiles = new Map<string, string>();

/** Space on file systems that Backends of this deployment will reserve: bytes by identity, by device number. */
const plannedSpace = new Map<number, Map<string, number>>();

/** What this host has against making a group, or against what is to change of it. */
export async function backendProblems(identity: Identity, wish: BackendWish, before?: BackendWish): Promise<Problem[]> {
  const unfit = hostProblems();
  if (unfit.length > 0) return unfit;
  const { volumeGroup } = wish;
  const loopFile = requireLoopFile(wish);
  if (before) earlier.set(identity.digest, before);
  const own = earlier.get(identity.digest);
  const isNew = before === undefined || before.volumeGroup !== volumeGroup || before.loopFile?.path !== loopFile.path;
  const problems = [
    ...(own?.volumeGroup === volumeGroup ? [] : await groupProblems(identity, volumeGroup)),
    ...(own?.loopFile?.path === loopFile.path ? [] : await fileProblems(identity, wish)),
    ...(isNew || !isDeepStrictEqual(loopFile, before.loopFile) ? spaceProblems(identity, loopFile) : []),
  ];
  if (problems.length === 0) planBackend(identity, volumeGroup, loopFile.size, isNew);
  return problems;
}

function hostProblems(): Problem[] {
  if (process.platform !== "linux")
    return [lvmProblem(`needs Linux, and this is ${process.platform}: run it on the host that has the storage`)];
  if (process.getuid?.() !== 0)
    return [lvmProblem("needs root, as lvm2 and loop devices do: run pulumi as root on this host")];
  if (!existsSync("/dev/loop-control"))
    return [lvmProblem("needs loop devices, which this kernel does not offer: `modprobe loop`")];
  return missingTools(tools).map(({ tool, install }) =>
    lvmProblem(`needs the program ${tool}, which this host lacks: \`${install}\``),
  );
}

function lvmProblem(reason: string): Problem {
  return { property: "lvm", reason };
}

async function groupProblems(identity: Identity, volumeGroup: string): Promise<Problem[]> {
  const fault = (reason: string): Problem[] => [
    { property: "lvm.volumeGroup", reason: `${volumeGroup} ${reason}. Give another name` },
  ];
  const owner = plannedOwner(volumeGroup);
  if (owner !== undefined && owner !== identity.digest) return fault("is the group of another Backend in this program");
  const group = (await recentGroups()).find(({ name }) => name === volumeGroup);
  if (group && !isGroupOf(group, identity)) return fault("exists on this host already");
  if (!group && existsSync(`/dev/${volumeGroup}`))
    return fault(`is the name of a device already (/dev/${volumeGroup})`);
  return [];
}

async function fileProblems(identity: Identity, wish: BackendWish): Promise<Problem[]> {
  const { volumeGroup } = wish;
  const { path } = requireLoopFile(wish);
  const fault = (reason: string): Problem[] => [{ property: "lvm.loopFile.path", reason }];
  const owner = plannedFiles.get(path) ?? identity.digest;
  if (owner !== identity.digest)
    return fault(`${path} is the file of another Backend in this program: give each its own`);
  plannedFiles.set(path, owner);
  const parent = nearestExisting(dirname(path));
  if (!statSync(parent).isDirectory())
    return fault(`lies below ${parent}, which is not a directory: give another path`);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isDirectory()) return fault(`${path} is a directory: give the path of a file to be made in it`);
  const group = (await recentGroups()).find(({ name }) => name === volumeGroup);
  if (group && isGroupOf(group, identity)) return [];
  return fault(
    `${path} exists already, and nothing is ever made over a file or device: give another path, or remove it if nothing needs it`,
  );
}

/** Judged over all Backends of the deployment that reserve space in the same file system. */
function spaceProblems({ digest }: Identity, { path, size, sparse }: LoopFile): Problem[] {
  const folder = nearestExisting(dirname(path));
  const planned = plannedSpace.get(statSync(folder).dev) ?? new Map<string, number>();
  plannedSpace.set(statSync(folder).dev, planned);
  planned.delete(digest);
  const needed = sparse ? 0 : Math.max(0, size * gibBytes - reservedBytes(digest, path));
  const others = [...planned.values()].reduce((sum, bytes) => sum + bytes, 0);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize - others;
  if (needed === 0 || needed <= free) {
    planned.set(digest, needed);
    return [];
  }
  const gib = (bytes: number) => Math.max(0, bytes / gibBytes).toFixed(1);
  const rest = others > 0 ? ", with the other Backends of this program" : "";
  const reason = `needs ${gib(needed)} GiB more, but the file system of ${folder} has ${gib(free)} GiB free${rest}. Ask for less, give another path, or set lvm.loopFile.sparse`;
  return [{ property: "lvm.loopFile.size", reason }];
}

/** What the file has reserved already, or one that a killed create left and the next one throws away first. */
function reservedBytes(digest: string, path: string): number {
  const files = [path, workingPath(path, ownerOf(digest), "new")];
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.blocks ?? 0) * 512, 0);
}
