import { namesIn, readSysfs } from "../blockDevice.js";
import { findSession, type Session } from "./session.js";
import type { Target } from "./target.js";

/** A LUN of a session as this host has it: a SCSI disk. */
export interface Disk {
  /** `/dev/sd…`: another one after each login. */
  readonly path: string;
  /** The SCSI device's folder in sysfs. */
  readonly folder: string;
  readonly sizeBytes: number;
  /** What the target names the volume by, such as `naa.6001405…`; empty where it does not. */
  readonly wwn: string;
  readonly readOnly: boolean;
  /** running, blocked, transport-offline, … */
  readonly state: string;
}

/** The disk that shows a target's LUN here, if one does. Runs no command. */
export function findDisk(target: Target): Disk | undefined {
  const session = findSession(target);
  return session && diskOf(session, target.lun);
}

export function diskOf(session: Session, lun: number): Disk | undefined {
  const folder = lunFolders(session).find((path) => path.endsWith(`:${lun}`));
  // Partitions are folders inside of the disk's.
  const [name] = folder === undefined ? [] : namesIn(`${folder}/block`);
  if (folder === undefined || name === undefined) return undefined;
  return {
    path: `/dev/${name}`,
    folder,
    sizeBytes: Number(readSysfs(`/sys/block/${name}/size`)) * 512,
    wwn: (readSysfs(`${folder}/wwid`) ?? "").trim().replaceAll(/\s+/g, " "),
    readOnly: readSysfs(`/sys/block/${name}/ro`) === "1",
    state: readSysfs(`${folder}/state`) ?? "",
  };
}

/** The SCSI devices of a session, also those that are no disks. */
export function lunFolders({ folder }: Pick<Session, "folder">): string[] {
  return namesIn(folder)
    .filter((name) => name.startsWith("target"))
    .flatMap((target) => namesIn(`${folder}/${target}`).map((name) => `${folder}/${target}/${name}`))
    .filter((path) => /\/\d+:\d+:\d+:\d+$/.test(path));
}
