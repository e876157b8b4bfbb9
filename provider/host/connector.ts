import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { BlockboxError } from "../errors.js";

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
  const lines = textOf(file).split("\n");
  const name = lines.map((line) => /^\s*InitiatorName\s*=\s*(\S+)\s*$/.exec(line)?.[1]).find(Boolean);
  if (name !== undefined) return name;
  // What Debian's package leaves there until the name is first needed.
  const isPending = lines.some((line) => /^\s*GenerateName\s*=\s*yes/i.test(line));
  throw isPending
    ? noName(`${file} says that it is still to be made. Start iscsid once: \`systemctl start iscsid\``)
    : noName(`${file} has no line InitiatorName=. Write one, as \`iscsi-iname\` makes it`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw noName(`there is no ${file}. Install it: \`apt-get install open-iscsi\``);
    throw noName(`${file} cannot be read (${code}). Run as root`);
  }
}

function noName(why: string): BlockboxError {
  return new BlockboxError("HOST_UNFIT", `This host has no iSCSI initiator name: ${why}.`);
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
