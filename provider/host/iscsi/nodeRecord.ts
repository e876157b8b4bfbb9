import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { BlockboxError } from "../../errors.js";
import { namesIn } from "../blockDevice.js";
import { run } from "../command.js";
import type { Lock } from "../lock.js";
import { type Chap, canonical, portalOf, type Target } from "./target.js";

/*
 * What open-iscsi knows of a target stands in a file, its node record. iscsiadm takes a secret only as an argument, which
 * every user of a host may read: so iscsiadm makes the record, and we write into it.
 */

/** Where distributions keep them. */
const folders = ["/etc/iscsi/nodes", "/var/lib/iscsi/nodes"];

/** iscsiadm's exit code for a record, session or target that is not there. */
export const nothingThere = 21;

/** As arguments of iscsiadm. */
export function nodeOf({ iqn, portal }: Target): string[] {
  return ["-m", "node", "-T", iqn, "-p", portal];
}

/** Makes the record of a target: nothing logs in by itself at boot, and a login shows no LUN unasked. */
export async function writeRecord(target: Target, chap: Chap | undefined, lock: Lock): Promise<void> {
  await run("iscsiadm", [...nodeOf(target), "--op", "new"], { lock });
  const files = recordsOf(target);
  if (files.length === 0) {
    throw new BlockboxError(
      "HOST_UNFIT",
      `iscsiadm has made a record of target ${target.iqn}, but it is in none of ${folders.join(", ")}. Tell iscsiadm to keep its records in one of them.`,
    );
  }
  for (const file of files) setIn(file, settingsOf(chap));
}

/** Takes the record of a target away, with the secret in it. One that is not there is no error. */
export async function removeRecord(target: Target, lock: Lock): Promise<void> {
  if (recordsOf(target).length === 0) return;
  await run("iscsiadm", [...nodeOf(target), "--op", "delete"], { lock, okExitCodes: [0, nothingThere] });
}

function settingsOf(chap: Chap | undefined): Record<string, string> {
  const common = {
    "node.startup": "manual",
    "node.session.scan": "manual",
    // A portal that does not answer is asked again for half a minute (a login's own limit is 15 s), not for two.
    "node.session.initial_login_retry_max": "2",
  };
  if (chap === undefined) return { ...common, "node.session.auth.authmethod": "None" };
  return {
    ...common,
    "node.session.auth.authmethod": "CHAP",
    "node.session.auth.username": chap.username,
    "node.session.auth.password": chap.password,
  };
}

/** Replaces lines of a record, whole or not at all. */
function setIn(file: string, settings: Readonly<Record<string, string>>): void {
  const lines = readFileSync(file, "utf8").split("\n");
  const kept = lines.filter((line) => !(keyOf(line) in settings));
  const end = kept.findIndex((line) => line.startsWith("# END RECORD"));
  const added = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  kept.splice(end < 0 ? kept.length : end, 0, ...added);
  const temporary = `${file}.blockbox`;
  writeFileSync(temporary, kept.join("\n"), { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

function keyOf(line: string): string {
  return line.split("=")[0]?.trim() ?? "";
}

/** A record is a file `<address>,<port>`, or once its portal group is known `<address>,<port>,<group>/<interface>`. */
function recordsOf({ iqn, portal }: Target): string[] {
  return folders.flatMap((folder) =>
    namesIn(`${folder}/${iqn}`)
      .filter((name) => isOf(name, portal))
      .flatMap((name) => filesAt(`${folder}/${iqn}/${name}`)),
  );
}

function isOf(name: string, portal: string): boolean {
  const [address, port] = name.split(",");
  const wanted = portalOf(portal);
  return address !== undefined && canonical(address) === wanted?.address && Number(port) === wanted.port;
}

function filesAt(path: string): string[] {
  const inside = namesIn(path);
  return inside.length === 0 ? [path] : inside.map((name) => `${path}/${name}`);
}
