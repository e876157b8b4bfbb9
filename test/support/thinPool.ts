import { command, lvm } from "./system.js";

/** Where a logical volume's data are: what a copy could not have. */
export interface Place {
  readonly uuid: string;
  readonly name: string;
  readonly tags: string;
  /** Extents of physical volumes; none of a thin one. */
  readonly ranges: string;
  /** The number under which its pool keeps its blocks; nothing of a thick one. */
  readonly thinId: string;
}

export async function placesIn(group: string): Promise<Place[]> {
  const columns = "lv_uuid,lv_name,lv_tags,seg_pe_ranges,thin_id";
  const text = await lvm("lvs", "--segments", "--reportformat", "json", "-o", columns, group);
  const rows = (JSON.parse(text) as { report: { seg: Record<string, string>[] }[] }).report[0]?.seg ?? [];
  return rows.map((row) => ({
    uuid: row.lv_uuid ?? "",
    name: row.lv_name ?? "",
    tags: row.lv_tags ?? "",
    ranges: row.seg_pe_ranges ?? "",
    thinId: row.thin_id ?? "",
  }));
}

/** How many blocks a pool's volumes have among them, as the kernel counts them: a copy would take more. */
export async function usedBlocks(group: string): Promise<number> {
  const doubled = (name: string) => name.replaceAll("-", "--");
  const status = await command("dmsetup", "status", `${doubled(group)}-${doubled(`${group}-pool`)}-tpool`);
  const used = / thin-pool \d+ \d+\/\d+ (\d+)\//.exec(status)?.[1];
  if (used === undefined) throw new Error(`no status of a pool: ${status}`);
  return Number(used);
}
