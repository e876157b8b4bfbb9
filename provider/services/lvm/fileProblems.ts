import { lstatSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { loopOfFile } from "../../host/loop.js";
import { nearestExisting } from "../../host/mounts.js";
import { signatureOn } from "../../host/signature.js";
import type { Identity, LoopFile, Problem } from "../service.js";
import { gibBytes } from "./geometry.js";
import { ownerOf, workingPath } from "./loopFile.js";
import type { Group } from "./report.js";

/** Whose the files are that Backends of this deployment will make, by path. */
const plannedFiles = new Map<string, string>();

/** Space on file systems that Backends of this deployment will reserve: bytes by identity, by device number. */
const plannedSpace = new Map<number, Map<string, number>>();

/** Against making a file there. `isLeft`: what a killed create of its own left may be there, which the next one throws away. */
export function fileProblems({ digest }: Identity, { path }: LoopFile, isLeft: boolean): Problem[] {
  const taken = claimFile(digest, path);
  if (taken.length > 0) return taken;
  const parent = nearestExisting(dirname(path));
  if (!statSync(parent).isDirectory())
    return fault(`lies below ${parent}, which is not a directory: give another path`);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isDirectory()) return fault(`${path} is a directory: give the path of a file to be made in it`);
  if (isLeft) return [];
  return fault(
    `${path} exists already, and nothing is ever made over a file or device: give another path, or remove it if nothing needs it`,
  );
}

/** Against a file that holds the group which is adopted; nothing of the group is to be seen while the file is not attached. */
export async function adoptedFileProblems(
  { digest }: Identity,
  { path }: LoopFile,
  group: Group | undefined,
): Promise<Problem[]> {
  const taken = claimFile(digest, path);
  if (taken.length > 0) return taken;
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    return fault(`${path} is no file, and the group that is adopted is to be in it: give the path of its file`);
  const loop = loopOfFile(path);
  if (loop !== undefined && !group?.pvs.some(({ device }) => device === loop.path))
    return fault(`${path} does not hold the volume group that is adopted: give the path of its file, or leave it out`);
  const found = loop ? undefined : await signatureOn(path);
  if (loop !== undefined || found?.type === "LVM2_member") return [];
  return fault(
    `${path} has ${found?.words ?? "nothing on it"}, and no physical volume: give the path of the group's file`,
  );
}

function claimFile(digest: string, path: string): Problem[] {
  const owner = plannedFiles.get(path) ?? digest;
  if (owner !== digest) return fault(`${path} is the file of another Backend in this program: give each its own`);
  plannedFiles.set(path, owner);
  return [];
}

function fault(reason: string): Problem[] {
  return [{ property: "lvm.loopFile.path", reason }];
}

/** Judged over all Backends of the deployment that reserve space in the same file system. */
export function spaceProblems({ digest }: Identity, { path, size, sparse }: LoopFile): Problem[] {
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
