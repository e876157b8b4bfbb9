import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { BlockboxError } from "../../errors.js";
import { run } from "../../host/command.js";
import type { Lock } from "../../host/lock.js";
import {
  attachLoop,
  detachLoop,
  findLoopDevice,
  growLoop,
  isBackedBy,
  type LoopDevice,
  listLoopDevices,
  loopOfFile,
} from "../../host/loop.js";
import type { LoopFile } from "../service.js";
import { gibBytes } from "./geometry.js";

/** The name that a file has while it is being made or removed: with whose it is in it, so that only its owner begins again. */
export function workingPath(path: string, owner: string, purpose: "new" | "deleted"): string {
  return join(dirname(path), `.${basename(path)}.${owner}.${purpose}`);
}

/** A Backend as it stands in the name of its file while that is being made. */
export function ownerOf(digest: string): string {
  return digest.slice(0, 12);
}

/** A new file at its working path, behind a loop device. What a killed create left there is thrown away first. */
export async function makeLoopFile({ path, size, sparse }: LoopFile, owner: string, lock: Lock): Promise<LoopDevice> {
  const working = workingPath(path, owner, "new");
  await discardFile(working, lock);
  closeSync(openSync(working, "wx", 0o600));
  try {
    await setSize(working, size, sparse, lock);
    return await attachLoop({ backing: working, readOnly: false, lock });
  } catch (error) {
    await discardFile(working, lock);
    throw error;
  }
}

/** Renames the finished file to where it belongs. Nothing is overwritten. */
export function publishLoopFile(path: string, owner: string): void {
  refuseExisting(path);
  renameSync(workingPath(path, owner, "new"), path);
  syncDirectory(path);
}

/** The way back of publishing; returns the path that the file has then. */
export function unpublishLoopFile(path: string, owner: string): string {
  if (path.endsWith(`.${owner}.new`)) return path;
  const working = workingPath(path, owner, "new");
  renameSync(path, working);
  syncDirectory(path);
  return working;
}

/**
 * First step of removing: from here on the file is known as one that is going, whoever comes next. Throws NOT_HERE where
 * what has that name is not the file behind the group's device.
 */
export function retireLoopFile(path: string, owner: string, device: string): void {
  const retired = workingPath(path, owner, "deleted");
  const loop = findLoopDevice(device);
  if (loop && isBackedBy(loop, retired)) return;
  if (loop === undefined || !isBackedBy(loop, path)) {
    const on = loop ? `${loop.backing}${loop.deleted ? ", which was removed" : ""}` : "no file";
    throw new BlockboxError(
      "NOT_HERE",
      `${device} is on ${on}, and not on the Backend's file ${path}. Put that back; nothing was removed.`,
    );
  }
  renameSync(path, retired);
  syncDirectory(path);
}

/** Takes the loop device off a file and removes it; success if it is not there. */
export async function discardFile(file: string, lock: Lock): Promise<void> {
  if (!existsSync(file)) return;
  for (const { path } of listLoopDevices().filter((loop) => isBackedBy(loop, file))) await detachLoop(path, lock);
  rmSync(file);
}

/** The loop device on the Backend's file, attached again if it is not there (as after a reboot). Throws NOT_HERE without the file. */
export async function ensureLoop(path: string, lock: Lock): Promise<LoopDevice> {
  if (!existsSync(path)) {
    throw new BlockboxError(
      "NOT_HERE",
      `The Backend's file ${path} is not there, which does not prove that its volumes are gone. See that its file system is mounted, or restore it.`,
    );
  }
  return loopOfFile(path) ?? attachLoop({ backing: path, readOnly: false, lock });
}

/** Lets the file and its loop device grow to what is wanted; nothing shrinks. Reserves space that `sparse` no longer spares. */
export async function growLoopFile({ path, size, sparse }: LoopFile, loop: LoopDevice, lock: Lock): Promise<void> {
  const { size: bytes, blocks } = statSync(path);
  const wanted = size * gibBytes;
  if (bytes < wanted || (!sparse && blocks * 512 < wanted))
    await setSize(path, Math.max(size, bytes / gibBytes), sparse, lock);
  const reached = statSync(path).size;
  if (loop.sizeBytes < reached) await growLoop(loop.path, reached, lock);
}

async function setSize(file: string, sizeGib: number, sparse: boolean, lock: Lock): Promise<void> {
  const bytes = sizeGib * gibBytes;
  if (!sparse) {
    await run("fallocate", ["--length", `${bytes}`, file], { lock });
    return;
  }
  const fd = openSync(file, "r+");
  try {
    ftruncateSync(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Throws NOT_OURS where anything has that name, be it a link to nothing. */
export function refuseExisting(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new BlockboxError(
    "NOT_OURS",
    `${path} exists already and is left alone. Give lvm.loopFile another path, or remove the file if nothing needs it.`,
  );
}

function syncDirectory(path: string): void {
  const fd = openSync(dirname(path), "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
