import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { markTag, volumeTags } from "../../../provider/services/lvm/tags.js";
import { newMark } from "../../../provider/services/mark.js";

const run = promisify(execFile);

/**
 * What a script would run that makes volumes of 1 GiB one after the other, safe to show and with the same tags: lvcreate,
 * lvs for where that is, and zeroing through a loop device of its own; in the end one command that takes the marks off.
 */
export async function createByScript(group: string, count: number): Promise<string[]> {
  const mark = markTag(newMark({ digest: "0".repeat(32), stack: "0".repeat(16) }));
  const tags = [...volumeTags({ name: "v0-0000" }), mark].flatMap((tag) => ["--addtag", tag]);
  const inert = ["--activate", "n", "--setautoactivation", "n", "--zero", "n", "--wipesignatures", "n"];
  const names: string[] = [];
  const [physicalVolume] = await report("vgs", "pe_start", group);
  for (let made = 0; made < count; made += 1) {
    const name = `volume-${randomUUID()}`;
    await lvm("lvcreate", "--yes", ...inert, "--alloc", "contiguous", "--size", "1g", "--name", name, ...tags, group);
    await zero(await placeOf(`${group}/${name}`, Number(physicalVolume?.pe_start)));
    names.push(name);
  }
  await lvm("lvchange", "--deltag", mark, ...names.map((name) => `${group}/${name}`));
  return names;
}

export async function removeByScript(group: string, names: readonly string[]): Promise<void> {
  await lvm("lvremove", "--yes", ...names.map((name) => `${group}/${name}`));
}

interface Place {
  readonly device: string;
  readonly offset: number;
  readonly size: number;
}

/** Where the one segment of a volume is, in bytes of its physical volume. */
async function placeOf(volume: string, startOfExtents: number): Promise<Place> {
  const [row] = await report("lvs", "devices,vg_extent_size,lv_size", volume);
  const [, device = "", extent] = /^(.*)\((\d+)\)$/.exec(row?.devices ?? "") ?? [];
  return { device, offset: startOfExtents + Number(extent) * Number(row?.vg_extent_size), size: Number(row?.lv_size) };
}

async function report(command: "lvs" | "vgs", fields: string, what: string): Promise<Record<string, string>[]> {
  const json = await lvm(command, "--reportformat", "json", "--units", "b", "--nosuffix", "--options", fields, what);
  const { report: reports } = JSON.parse(json) as { report: Record<string, Record<string, string>[]>[] };
  return Object.values(reports[0] ?? {})[0] ?? [];
}

async function zero({ device, offset, size }: Place): Promise<void> {
  const range = ["--offset", `${offset}`, "--sizelimit", `${size}`];
  const { stdout } = await run("losetup", ["--find", "--show", ...range, device]);
  await run("blkdiscard", [stdout.trim()]);
  await run("losetup", ["--detach", stdout.trim()]);
}

async function lvm(...args: string[]): Promise<string> {
  const { stdout } = await run("lvm", [...args, "--driverloaded", "n", "--config", "backup/archive=0"]);
  return stdout;
}
