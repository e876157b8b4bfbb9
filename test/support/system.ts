import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether new Backends are activated by device-mapper here, as in the guest. */
export const hasDeviceMapper = () => existsSync("/sys/class/misc/device-mapper");

/** What of this host a Backend, Volume or Attachment could change. */
export interface Snapshot {
  pvs: Record<string, string>[];
  vgs: Record<string, string>[];
  lvs: Record<string, string>[];
  loops: Record<string, unknown>[];
  mounts: string[];
  /** Path → kind, mode, length and allocated blocks. */
  files: Record<string, string>;
}

export type Rows = Record<string, string>[];

/** Runs a command and answers its standard output. */
export async function command(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(name, args, {
    env: { ...process.env, LC_ALL: "C", LVM_SUPPRESS_FD_WARNINGS: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** lvm2 as the machine has it, with or without device-mapper; never activates, and leaves nothing in /etc/lvm. */
export function lvm(verb: string, ...args: string[]): Promise<string> {
  return command("lvm", verb, "--driverloaded", "n", "--config", "backup{archive=0 backup=0}", ...args);
}

const columns = {
  pvs: "pv_name,pv_uuid,vg_name,pv_size,pv_free,pv_tags",
  vgs: "vg_name,vg_uuid,vg_size,vg_free,lv_count,vg_tags",
  lvs: "vg_name,lv_name,lv_uuid,lv_size,lv_tags,lv_attr",
};
const json = ["--reportformat", "json", "--units", "b", "--nosuffix"];

async function report(verb: keyof typeof columns, ...more: string[]): Promise<Rows> {
  const text = await lvm(verb, ...json, "-o", columns[verb], ...more);
  return (JSON.parse(text) as { report: Record<string, Rows>[] }).report[0]?.[verb.slice(0, 2)] ?? [];
}

/** All three reports of the whole host, by one command: in the guest each costs a quarter of a second. */
async function reports(): Promise<{ pvs: Rows; vgs: Rows; lvs: Rows }> {
  const wanted = [...Object.entries(columns), ["pvsegs", "pv_name"], ["segs", "lv_name"]];
  const selection = wanted.flatMap(([verb = "", names = ""]) => [
    "--configreport",
    verb.replace(/s$/, ""),
    "-o",
    names,
  ]);
  const text = await lvm("fullreport", "--all", ...json, ...selection);
  const all = (JSON.parse(text) as { report: Record<string, Rows>[] }).report;
  const of = (verb: keyof typeof columns) =>
    all.flatMap((group) => group[verb.slice(0, 2)] ?? []).filter((row) => row.vg_name !== "" || verb === "pvs");
  return { pvs: of("pvs"), vgs: of("vgs"), lvs: of("lvs") };
}

export const physicalVolumes = () => report("pvs");
export const volumeGroups = () => report("vgs");
export const logicalVolumes = (vg?: string) => report("lvs", "-a", ...(vg === undefined ? [] : [vg]));

export async function loopDevices(): Promise<Record<string, unknown>[]> {
  const text = await command("losetup", "-J", "-l", "-O", "NAME,SIZELIMIT,OFFSET,AUTOCLEAR,RO,BACK-FILE");
  return text.trim() === "" ? [] : (JSON.parse(text) as { loopdevices: Record<string, unknown>[] }).loopdevices;
}

/** Lines of mountinfo without the mount's own number, which no two mounts share. */
export async function mounts(): Promise<string[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => line.replace(/^\d+ \d+ /, ""));
}

async function listing(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  if (!existsSync(folder)) return files;
  for (const entry of await readdir(folder, { recursive: true })) {
    const path = join(folder, entry);
    const info = await lstat(path);
    const kind = info.isDirectory()
      ? "folder"
      : info.isFile()
        ? `file ${info.size} bytes, ${info.blocks} blocks`
        : "other";
    files[path] = `${kind}, mode ${(info.mode & 0o7777).toString(8)}`;
  }
  return files;
}

/** The host as it is now. `folders` are listed too, beside the default folder of loop files. */
export async function snapshot(...folders: string[]): Promise<Snapshot> {
  const [{ pvs, vgs, lvs }, loops] = await Promise.all([reports(), loopDevices()]);
  const files: Record<string, string> = {};
  for (const folder of ["/var/lib/blockbox", ...folders]) Object.assign(files, await listing(folder));
  const byName = (rows: Rows) => rows.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return {
    pvs: byName(pvs),
    vgs: byName(vgs),
    lvs: byName(lvs),
    loops: loops.sort((a, b) => String(a.name).localeCompare(String(b.name))),
    mounts: await mounts(),
    files,
  };
}

/** But for the room that files take: the kernel goes on initializing a file system that is mounted from one. */
export function withoutAllocation({ files, ...rest }: Snapshot): Snapshot {
  const kept = Object.entries(files).map(([path, text]) => [path, text.replace(/, \d+ blocks/, "")]);
  return { ...rest, files: Object.fromEntries(kept) };
}

/** The one logical volume behind a Volume's id. */
export async function logicalVolume(
  id: string,
): Promise<{ uuid: string; bytes: number; tags: string[]; attr: string }> {
  const [group = "", name = ""] = id.split("/");
  const found = (await logicalVolumes(group)).filter((lv) => lv.lv_name === name);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} logical volumes are ${id}`);
  const { lv_uuid: uuid = "", lv_size: bytes, lv_tags: tags = "", lv_attr: attr = "" } = found[0];
  return { uuid, bytes: Number(bytes), tags: tags.split(",").filter((tag) => tag !== ""), attr };
}

/** Where the volumes of a group lie, in extents of its physical volume, first to last. */
export async function segments(group: string): Promise<{ lv: string; first: number; last: number }[]> {
  const format = ["--reportformat", "json", "--segments", "-o", "lv_name,seg_pe_ranges"];
  const text = await lvm("lvs", ...format, group);
  const rows = (JSON.parse(text) as { report: { seg: Rows }[] }).report[0]?.seg ?? [];
  return rows
    .map(({ lv_name: lv = "", seg_pe_ranges: range = "" }) => {
      const [, first, last] = /:(\d+)-(\d+)$/.exec(range) ?? [];
      return { lv, first: Number(first), last: Number(last) };
    })
    .sort((a, b) => a.first - b.first);
}

/** Whether the kernel lets us grow a mounted ext4: CAP_SYS_RESOURCE (24), which root lacks in many containers. */
export async function mayGrowInUse(): Promise<boolean> {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
}
