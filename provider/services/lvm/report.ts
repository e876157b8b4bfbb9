import { hasDeviceMapper } from "../../host/kernel.js";
import type { Lock } from "../../host/lock.js";
import { lvm } from "./command.js";

/** A range of extents of one physical volume. */
export interface ExtentRange {
  pvUuid: string;
  pvDevice: string;
  startExtent: number;
  extents: number;
}

export interface PhysicalVolume {
  /** `[unknown]` where it is missing. */
  device: string;
  uuid: string;
  missing: boolean;
  tags: string[];
  /** Where its first extent starts on the device. */
  peStartBytes: number;
  extentCount: number;
}

export interface Segment extends ExtentRange {
  /** `linear`, `striped`, … */
  type: string;
  /** The logical volume's extent that it begins with. */
  logicalStart: number;
}

export interface LogicalVolume {
  name: string;
  uuid: string;
  tags: string[];
  /** The virtual size of a thin volume; of a thick snapshot, what its origin's changes may take. */
  sizeBytes: number;
  permission: "rw" | "ro";
  kind: VolumeKind;
  /** Unix seconds. */
  createdAt: number;
  /** Name of the volume that it is a snapshot of, as long as that exists; else empty. */
  origin: string;
  /** Name of the pool of a thin volume; else empty. */
  pool: string;
  /** How full a pool (or a thick snapshot, whose metadata are counted in) is; nothing while it is not active. */
  fill: { dataPercent: number; metadataPercent: number } | undefined;
  /** Of a pool alone. */
  poolState?: PoolState;
  /** Whether a thick snapshot ran full, or a thin volume failed: what it shows is lost. */
  invalid: boolean;
  /** In logical order. Empty for a volume that lies on others (a mirror, a thin volume). */
  segments: Segment[];
}

export interface PoolState {
  /** Whether what it gives to a volume is zeroed first: else that shows what deleted ones have left. */
  readonly zeroes: boolean;
  /** Whether it takes no writes any more, since its metadata ran full; only known while it is active. */
  readonly readOnly: boolean;
}

/** `hidden`: a part of another one, such as a pool's data. */
export type VolumeKind = "thick" | "thickSnapshot" | "thin" | "thinPool" | "hidden" | "other";

export interface Group {
  name: string;
  uuid: string;
  tags: string[];
  extentSizeBytes: number;
  extentCount: number;
  freeExtents: number;
  /** No physical volume of it is missing. */
  complete: boolean;
  pvs: PhysicalVolume[];
  /** Hidden ones too, without lvm's brackets around their names. */
  lvs: LogicalVolume[];
  /** Holes, as lvm cuts them: neighbouring ranges are one. */
  free: ExtentRange[];
}

const columns = {
  vg: ["vg_name", "vg_uuid", "vg_tags", "vg_extent_size", "vg_extent_count", "vg_free_count", "vg_missing_pv_count"],
  pv: ["pv_name", "pv_uuid", "pv_missing", "pv_tags", "pe_start", "pv_pe_count", "pv_in_use"],
  lv: [
    ...["lv_name", "lv_uuid", "lv_tags", "lv_size", "lv_attr", "lv_time", "origin", "pool_lv"],
    ...["data_percent", "metadata_percent", "lv_snapshot_invalid", "lv_health_status"],
  ],
  pvseg: ["pv_name", "pv_uuid", "pvseg_start", "pvseg_size", "lv_uuid", "segtype", "seg_start_pe"],
  seg: ["lv_uuid", "zero"],
} as const;

/** All that lvm can see of this host. */
export interface Host {
  readonly groups: Group[];
  /** Physical volumes in no group, and none that lvm knows of being in a group that cannot be seen. */
  readonly orphans: PhysicalVolume[];
}

/** All volume groups of this host, or the one of that name if it is here. One lvm command, which activates nothing. */
export async function readGroups(options: { lock?: Lock; volumeGroup?: string } = {}): Promise<Group[]> {
  const { groups } = await readHost(options);
  return groups.filter(({ name }) => options.volumeGroup === undefined || name === options.volumeGroup);
}

/** As readGroups, with what is in no group. */
export async function readHost(options: { lock?: Lock } = {}): Promise<Host> {
  const selection = Object.entries(columns).flatMap(([report, names]) => [
    "--configreport",
    report,
    "-o",
    names.join(),
  ]);
  const format = ["--all", "--reportformat", "json", "--units", "b", "--nosuffix"];
  // Only device-mapper knows how full a pool is.
  const deviceMapper = hasDeviceMapper();
  const { stdout } = await lvm(["fullreport", ...format, ...selection], { lock: options.lock, deviceMapper });
  return { groups: parseReport(stdout), orphans: parseOrphans(stdout) };
}

type Row = Readonly<Record<string, string>>;
type Report = Readonly<Partial<Record<keyof typeof columns, readonly Row[]>>>;

/** The groups in the JSON of `lvm fullreport` with our columns. Throws a TypeError where a column is missing. */
export function parseReport(json: string): Group[] {
  const { report = [] } = JSON.parse(json) as { report?: readonly Report[] };
  return report.flatMap((part) =>
    (part.vg ?? []).filter((vg) => text(vg, "vg_name") !== "").map((vg) => group(vg, part)),
  );
}

/** The physical volumes in the same JSON that are in no group. */
export function parseOrphans(json: string): PhysicalVolume[] {
  const { report = [] } = JSON.parse(json) as { report?: readonly Report[] };
  return report
    .filter(({ vg = [] }) => vg.every((row) => text(row, "vg_name") === ""))
    .flatMap(({ pv = [] }) => pv.filter((row) => text(row, "pv_uuid") !== "" && text(row, "pv_in_use") === ""))
    .map(physicalVolume);
}

function group(vg: Row, { pv = [], lv = [], pvseg = [], seg = [] }: Report): Group {
  return {
    name: text(vg, "vg_name"),
    uuid: text(vg, "vg_uuid"),
    tags: tags(vg, "vg_tags"),
    extentSizeBytes: number(vg, "vg_extent_size"),
    extentCount: number(vg, "vg_extent_count"),
    freeExtents: number(vg, "vg_free_count"),
    complete: number(vg, "vg_missing_pv_count") === 0,
    pvs: pv.map(physicalVolume),
    lvs: lv.map((row) => logicalVolume(row, pvseg, seg)),
    free: pvseg.filter((row) => text(row, "segtype") === "free").map(range),
  };
}

function physicalVolume(row: Row): PhysicalVolume {
  return {
    device: text(row, "pv_name"),
    uuid: text(row, "pv_uuid"),
    missing: text(row, "pv_missing") !== "",
    tags: tags(row, "pv_tags"),
    peStartBytes: number(row, "pe_start"),
    extentCount: number(row, "pv_pe_count"),
  };
}

function logicalVolume(row: Row, pieces: readonly Row[], segments: readonly Row[]): LogicalVolume {
  const uuid = text(row, "lv_uuid");
  const found = kind(row);
  const own = segments.filter((segment) => text(segment, "lv_uuid") === uuid);
  return {
    name: text(row, "lv_name").replace(/^\[(.*)\]$/, "$1"),
    uuid,
    tags: tags(row, "lv_tags"),
    sizeBytes: number(row, "lv_size"),
    // A capital R: its device alone is read only just now.
    permission: text(row, "lv_attr").charAt(1) === "r" ? "ro" : "rw",
    kind: found,
    // lvm does not know it of volumes from before it kept it.
    createdAt: Number(text(row, "lv_time")) || 0,
    origin: text(row, "origin").replace(/^\[(.*)\]$/, "$1"),
    pool: text(row, "pool_lv").replace(/^\[(.*)\]$/, "$1"),
    fill: fill(row),
    ...(found === "thinPool" ? { poolState: poolState(row, own) } : {}),
    invalid: text(row, "lv_snapshot_invalid") === "snapshot invalid" || text(row, "lv_health_status") === "failed",
    segments: pieces
      .filter((piece) => text(piece, "lv_uuid") === uuid)
      .map((piece) => ({ ...range(piece), type: text(piece, "segtype"), logicalStart: number(piece, "seg_start_pe") }))
      .sort((a, b) => a.logicalStart - b.logicalStart),
  };
}

/** By the first letter of lvm's attributes: see lvs(8). */
function kind(row: Row): VolumeKind {
  if (text(row, "lv_name").startsWith("[")) return "hidden";
  const kinds: Readonly<Record<string, VolumeKind>> = {
    "-": "thick",
    o: "thick",
    O: "thick",
    s: "thickSnapshot",
    S: "thickSnapshot",
    V: "thin",
    t: "thinPool",
  };
  const found = kinds[text(row, "lv_attr").charAt(0)] ?? "other";
  // Of a thin volume that has a thick snapshot lvm says that it is an origin.
  return found === "thick" && text(row, "pool_lv") !== "" ? "thin" : found;
}

function poolState(row: Row, segments: readonly Row[]): PoolState {
  return {
    zeroes: segments.every((segment) => text(segment, "zero") === "zero"),
    readOnly: text(row, "lv_health_status") === "metadata_read_only",
  };
}

function fill(row: Row): LogicalVolume["fill"] {
  const [data, metadata] = [text(row, "data_percent"), text(row, "metadata_percent")];
  return data === "" ? undefined : { dataPercent: Number(data), metadataPercent: Number(metadata) };
}

function range(row: Row): ExtentRange {
  return {
    pvUuid: text(row, "pv_uuid"),
    pvDevice: text(row, "pv_name"),
    startExtent: number(row, "pvseg_start"),
    extents: number(row, "pvseg_size"),
  };
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined) throw new TypeError(`lvm's report lacks the column ${column}`);
  return value;
}

function number(row: Row, column: string): number {
  const value = text(row, column);
  if (!/^\d+$/.test(value)) throw new TypeError(`lvm's report has "${value}" in ${column}, not a whole number`);
  return Number(value);
}

function tags(row: Row, column: string): string[] {
  return text(row, column).split(",").filter(Boolean);
}
