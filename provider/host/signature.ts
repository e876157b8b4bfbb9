import { run } from "./command.js";

/** What libblkid recognizes on a device. */
export interface Signature {
  /** e.g. `ext4`, `LVM2_member`, `gpt`, or `several` where it finds more than one. */
  type: string;
  /** In words, e.g. `an ext4 file system`. */
  words: string;
}

/** blkid's exit codes: nothing found, and more than one thing found. */
const [nothing, ambivalent] = [2, 8];

/** A part of a device. */
export interface DeviceRange {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** What the device or a range of it holds, read from the device itself (no cache file); undefined if nothing is recognized. */
export async function signatureOn(device: string, range?: DeviceRange): Promise<Signature | undefined> {
  const place = range ? ["--offset", `${range.offsetBytes}`, "--size", `${range.sizeBytes}`] : [];
  const args = ["-p", ...place, "-o", "export", device];
  const result = await run("blkid", args, { okExitCodes: [0, nothing, ambivalent] });
  if (result.exitCode === nothing) return undefined;
  if (result.exitCode === ambivalent) return { type: "several", words: "signatures of several kinds" };
  return describe(parseExport(result.stdout));
}

function describe(fields: ReadonlyMap<string, string>): Signature | undefined {
  const type = fields.get("TYPE");
  const table = fields.get("PTTYPE");
  if (type !== undefined && fields.get("USAGE") === "filesystem") {
    return { type, words: `${/^[aeioux]/i.test(type) ? "an" : "a"} ${type} file system` };
  }
  if (type !== undefined) return { type, words: `a signature of type ${type}` };
  return table === undefined ? undefined : { type: table, words: `a ${table} partition table` };
}

function parseExport(text: string): Map<string, string> {
  const lines = text.split("\n").filter((line) => line.includes("="));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
