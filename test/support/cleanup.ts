import { readdir, rm } from "node:fs/promises";
import { command, loopDevices, lvm, mounts, volumeGroups } from "./system.js";

/** Where a line of mountinfo is mounted, once stripped by `mounts`. Octal escapes stand for blanks. */
const mountPoint = (line: string) =>
  (line.split(" ")[2] ?? "").replace(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );

/** The mount points below a folder, innermost last. */
export async function mountsUnder(folder: string): Promise<string[]> {
  return (await mounts()).map(mountPoint).filter((path) => path.startsWith(`${folder}/`));
}

/** The loop devices over a file, and those over these. */
export async function loopsOver(file: string): Promise<string[]> {
  const all = await loopDevices();
  const over = (backing: string) =>
    all.filter((loop) => backing === loop["back-file"] || `${backing} (deleted)` === loop["back-file"]);
  return over(file).flatMap(({ name }) => [...over(String(name)).map((inner) => String(inner.name)), String(name)]);
}

/** Unmounts and detaches all that stands on the files of a folder: what a reboot does, without the reboot. */
export async function letGo(folder: string): Promise<void> {
  const loops = await loopsUnder(folder);
  await unmountUnder(folder);
  await detach(loops);
}

/** The loop devices over the files of a folder, those over these first. A file whose file system is unmounted has no such path any more. */
async function loopsUnder(folder: string): Promise<string[]> {
  const loops = await loopDevices();
  const outer = loops
    .filter((loop) => String(loop["back-file"]).startsWith(`${folder}/`))
    .map(({ name }) => String(name));
  const inner = loops.filter((loop) => outer.includes(String(loop["back-file"]))).map(({ name }) => String(name));
  return [...inner, ...outer];
}

async function unmountUnder(folder: string): Promise<void> {
  for (const path of (await mountsUnder(folder)).reverse()) await command("umount", "-l", path).catch(() => undefined);
}

async function detach(loops: readonly string[]): Promise<void> {
  for (const device of loops) await command("losetup", "-d", device).catch(() => undefined);
}

/** With all that is in it. What a test has killed may still be writing its last there. */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Takes away everything that a test of this folder and group prefix can have made, whatever state it is in. */
export async function tearDown(folder: string, groupPrefix: string): Promise<void> {
  const loops = await loopsUnder(folder);
  await unmountUnder(folder);
  for (const { vg_name: group = "" } of await volumeGroups().catch(() => [])) {
    if (group.startsWith(groupPrefix)) await lvm("vgremove", "--yes", "--force", group).catch(() => undefined);
  }
  await detach(loops);
  await removeFolder(folder);
  // lvm forgets these with its groups; a group whose file went otherwise leaves one.
  for (const name of await readdir("/etc/lvm/backup").catch(() => [])) {
    if (name.startsWith(groupPrefix)) await rm(`/etc/lvm/backup/${name}`, { force: true });
  }
}

/** Takes away what a loop file outside of any test's folder may have left, if a test failed. */
export async function removeImage(image: string, group: string): Promise<void> {
  const loops = await loopsOver(image);
  if (loops.length > 0) await lvm("vgremove", "--yes", "--force", group).catch(() => undefined);
  for (const device of loops) await command("losetup", "-d", device).catch(() => undefined);
  await rm(image, { force: true });
}
