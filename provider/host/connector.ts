import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { BlockboxError } from "../errors.js";
import { installCommand } from "./tools.js";

/** What a host tells a block service about itself. */
export interface Connector {
  readonly hostName: string;
  readonly initiator: string;
  readonly ip?: string | undefined;
  readonly multipath: boolean;
}

const initiatorFile = "/etc/iscsi/initiatorname.iscsi";

/** Throws HOST_UNFIT where this host has no initiator name, or we may not read it. */
export async function connectorOfThisHost(): Promise<Connector> {
  const initiator = readInitiator(initiatorFile);
  return { hostName: hostname(), initiator, ip: (await addressOnTheWayOut()) ?? anyAddress(), multipath: false };
}

/** The name in the file that open-iscsi keeps. Throws HOST_UNFIT. */
export function readInitiator(file: string): string {
  const found = findInitiator(file);
  if (typeof found === "string") return found;
  throw new BlockboxError("HOST_UNFIT", `This host has no iSCSI initiator name: ${found.why}. ${found.remedy}.`);
}

/** Why a host has no initiator name, and what to do. */
export interface NoInitiator {
  readonly why: string;
  readonly remedy: string;
  readonly command: string;
}

/** The name in the file that open-iscsi keeps, or why there is none. */
export function findInitiator(file = initiatorFile): string | NoInitiator {
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch (error) {
    return unreadable(file, error as NodeJS.ErrnoException);
  }
  const name = lines.map((line) => /^\s*InitiatorName\s*=\s*(\S+)\s*$/.exec(line)?.[1]).find(Boolean);
  if (name !== undefined) return name;
  // What Debian's package leaves there until the name is first needed.
  if (lines.some((line) => /^\s*GenerateName\s*=\s*yes/i.test(line))) {
    const command = "systemctl start iscsid";
    return { why: `${file} says that it is still to be made`, remedy: `Start iscsid once: \`${command}\``, command };
  }
  return {
    why: `${file} has no line InitiatorName=`,
    remedy: "Write one, as `iscsi-iname` makes it",
    command: `echo "InitiatorName=$(iscsi-iname)" > ${file}`,
  };
}

function unreadable(file: string, { code }: NodeJS.ErrnoException): NoInitiator {
  if (code !== "ENOENT") return { why: `${file} cannot be read (${code})`, remedy: "Run as root", command: "sudo -i" };
  const command = installCommand("iscsid");
  return { why: `there is no ${file}`, remedy: `Install it: \`${command}\``, command };
}

/** A documentation address (RFC 5737): to connect a datagram socket sends nothing, and only asks for the route. */
const somewhere = "192.0.2.1";

/** The address that the default route gives; nothing without one. */
function addressOnTheWayOut(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const end = (address?: string) => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => end());
    socket.connect(9, somewhere, () => end(socket.address().address));
  });
}

function anyAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outer = all.filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  return (outer.find(({ family }) => family === "IPv4") ?? outer[0])?.address;
}
