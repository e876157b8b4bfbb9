import { spawn } from "node:child_process";
import { once } from "node:events";
import type { GuestOptions } from "../../tools/guest/boot.mjs";
import { command } from "./system.js";
import { until } from "./until.js";

type Place = NonNullable<GuestOptions["network"]>;

/** A network of guests alone: a bridge with a tap device for each, in a network namespace that goes with a process. */
export async function makeNetwork<const T extends readonly string[]>(
  lifetime: { after(body: () => Promise<void>): void },
  addresses: T,
): Promise<{ [K in keyof T]: Place }> {
  // It ends by itself where the test cannot end it.
  const holder = spawn("unshare", ["--net", "sleep", "1800"], { stdio: "ignore" });
  lifetime.after(async () => {
    holder.kill("SIGKILL");
    if (holder.exitCode === null && holder.signalCode === null) await once(holder, "exit");
  });
  const ofProcess = holder.pid as number;
  const ip = (...args: string[]) => command("nsenter", `--net=/proc/${ofProcess}/ns/net`, "ip", ...args);
  // Until it has its own namespace, its devices would be this machine's.
  await until("it sleeps", async () => (await command("ps", "-o", "comm=", "-p", `${ofProcess}`)).trim() === "sleep");
  await ip("link", "add", "bridge", "type", "bridge");
  await ip("link", "set", "bridge", "up");
  const places: Place[] = [];
  for (const [index, address] of addresses.entries()) {
    const tap = `tap${index}`;
    await ip("tuntap", "add", tap, "mode", "tap");
    await ip("link", "set", tap, "master", "bridge", "up");
    places.push({ ofProcess, tap, address: `${address}/24` });
  }
  return places as { [K in keyof T]: Place };
}
