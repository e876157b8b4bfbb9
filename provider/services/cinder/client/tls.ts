import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BlockboxError } from "../../../errors.js";
import type { Settings } from "./keys.js";

export interface TlsOptions {
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
}

/** How far the service's certificate is trusted. Throws CONFIG_INVALID for a CA that cannot be read. */
export function tlsOptions({ caCert, insecure }: Settings): TlsOptions {
  const ca = caCert === undefined ? {} : { ca: pem(caCert) };
  return insecure ? { ...ca, rejectUnauthorized: false } : ca;
}

/** Like OS_CACERT for OpenStack's own clients, it stands instead of the system's authorities. */
function pem(caCert: string): string {
  if (caCert.includes("-----BEGIN CERTIFICATE-----")) return caCert;
  const path = caCert.startsWith("~/") ? join(homedir(), caCert.slice(2)) : caCert;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new BlockboxError("CONFIG_INVALID", `The caCert (OS_CACERT) cannot be read: ${(error as Error).message}.`);
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new BlockboxError("CONFIG_INVALID", `The caCert (OS_CACERT) ${path} holds no certificate in PEM form.`);
}
