import { notice } from "../../../host/notice.js";

const told = new Set<string>();

/** Says once per address that requests to it are not encrypted; not on this host. */
export function warnIfPlain(address: string): void {
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === "https:" || isLoopback(hostname) || told.has(origin)) return;
  told.add(origin);
  notice(
    `Requests to ${origin} are not encrypted: whoever can read them can do all that this program may do there. Use https, or a tunnel to 127.0.0.1.`,
  );
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
