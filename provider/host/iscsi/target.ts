import { isIP } from "node:net";
import { BlockboxError } from "../../errors.js";

/** A volume as a target shows it. No secret. */
export interface Target {
  /** `<address>:<port>`, an IPv6 address in brackets. */
  readonly portal: string;
  readonly iqn: string;
  readonly lun: number;
}

export function isSameTarget(one: Target, other: Target): boolean {
  return one.portal === other.portal && one.iqn === other.iqn && one.lun === other.lun;
}

/** What we have to prove to the target. */
export interface Chap {
  readonly username: string;
  readonly password: string;
}

export interface Portal {
  readonly address: string;
  readonly port: number;
}

const iqnPattern =
  /^(iqn\.\d{4}-\d{2}\.[a-z0-9.-]{1,100}(:[^\s/\p{Cc}]{1,150})?|eui\.[0-9A-F]{16}|naa\.[0-9A-F]{16,32})$/iu;

/**
 * A target in the words of a block service, which may let anyone write them: checked before they become arguments of
 * commands that root runs, or part of a path. Throws SERVICE_UNFIT.
 */
export function requireTarget(given: { portal?: unknown; iqn?: unknown; lun?: unknown }): Target {
  const { portal, iqn, lun } = given;
  if (typeof iqn !== "string" || !iqnPattern.test(iqn)) throw unfit("target name", iqn);
  if (typeof portal !== "string" || portalOf(portal) === undefined) throw unfit("portal", portal);
  if (typeof lun !== "number" || !Number.isInteger(lun) || lun < 0 || lun > 16_383) throw unfit("LUN", lun);
  return { portal, iqn, lun };
}

/** As requireTarget. None: the target asks for no proof. */
export function requireChap(method: unknown, username: unknown, password: unknown): Chap | undefined {
  if (method === undefined || method === "None" || method === "") return undefined;
  if (method !== "CHAP") throw unfit("way of authentication", method);
  // A line of a file each.
  const isWord = (text: unknown): text is string => typeof text === "string" && /^[^\s\p{Cc}]{1,255}$/u.test(text);
  if (!isWord(username)) throw unfit("CHAP user", username);
  if (!isWord(password)) throw unfit("CHAP secret", "(not shown)");
  return { username, password };
}

/** A portal taken apart; nothing if it is none. */
export function portalOf(portal: string): Portal | undefined {
  const [, bracketed, plain, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(portal) ?? [];
  const address = bracketed === undefined ? plain : canonical(bracketed);
  if (address === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return isIP(address) === (bracketed === undefined ? 4 : 6) ? { address, port: Number(port) } : undefined;
}

/** An address in the one spelling by which two can be compared. */
export function canonical(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

function unfit(what: string, value: unknown): BlockboxError {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 200)) : String(value);
  return new BlockboxError(
    "SERVICE_UNFIT",
    `The block service exports the volume over iSCSI with a ${what} that is none or is not supported: ${shown}. Look at its volume service's configuration.`,
  );
}
