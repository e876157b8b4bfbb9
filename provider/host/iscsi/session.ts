import { realpathSync } from "node:fs";
import { namesIn, readSysfs } from "../blockDevice.js";
import { canonical, portalOf, type Target } from "./target.js";

/** A session of this host with a target, as sysfs shows it. */
export interface Session {
  readonly id: number;
  readonly iqn: string;
  /** The SCSI host that it is, by number. */
  readonly host: number;
  /** LOGGED_IN, FAILED, FREE. */
  readonly state: string;
  /** Its folder among the devices: below it are the target's LUNs. */
  readonly folder: string;
}

const sessions = "/sys/class/iscsi_session";
const connections = "/sys/class/iscsi_connection";

/** The session with a target at that portal, if there is one. Runs no command. */
export function findSession({ iqn, portal }: Pick<Target, "iqn" | "portal">): Session | undefined {
  return namesIn(sessions)
    .flatMap(readSession)
    .find((session) => session.iqn === iqn && isAt(session.id, portal));
}

function readSession(name: string): Session[] {
  const id = /^session(\d+)$/.exec(name)?.[1];
  const iqn = readSysfs(`${sessions}/${name}/targetname`);
  const folder = realPath(`${sessions}/${name}/device`);
  const host = /\/host(\d+)\//.exec(folder ?? "")?.[1];
  if (id === undefined || iqn === undefined || folder === undefined || host === undefined) return [];
  const state = readSysfs(`${sessions}/${name}/state`) ?? "";
  return [{ id: Number(id), iqn, host: Number(host), state, folder }];
}

/** By the portal that was asked for: a target may have sent the connection on to another. */
function isAt(session: number, portal: string): boolean {
  const wanted = portalOf(portal);
  return namesIn(connections)
    .filter((name) => name.startsWith(`connection${session}:`))
    .some((name) => {
      const address = readSysfs(`${connections}/${name}/persistent_address`);
      const port = readSysfs(`${connections}/${name}/persistent_port`);
      return address !== undefined && canonical(address) === wanted?.address && Number(port) === wanted.port;
    });
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // It ends at this moment.
    return undefined;
  }
}
