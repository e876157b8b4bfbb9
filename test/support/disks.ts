import { realpath } from "node:fs/promises";
import { command } from "./system.js";

/** A loop device on a sparse file of its own, which stands for a disk. */
export interface Disk {
  readonly file: string;
  /** e.g. `/dev/loop7`: another one after it was away. */
  device: string;
}

export async function makeDisk(file: string, gib: number): Promise<Disk> {
  await command("truncate", "-s", `${gib}G`, file);
  return { file, device: await attach(file) };
}

/** As when a disk is pulled out: nobody is asked. */
export async function pullOut({ device }: Disk): Promise<void> {
  await command("losetup", "-d", device);
}

/** Puts a disk back under another name than it had. */
export async function putBack(disk: Disk): Promise<void> {
  // The first free number would be the old one: it is taken for the while.
  const blocker = (await command("losetup", "--find", "--show", "/etc/hostname")).trim();
  disk.device = await attach(disk.file);
  await command("losetup", "-d", blocker);
}

async function attach(file: string): Promise<string> {
  return (await command("losetup", "--find", "--show", await realpath(file))).trim();
}
