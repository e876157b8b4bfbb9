import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";

/** Another program that holds lvm's own lock of a group for so many seconds. */
export async function holdLvmLock(
  lifetime: { after(body: () => void): void },
  volumeGroup: string,
  seconds: number,
): Promise<ChildProcess> {
  mkdirSync("/run/lock/lvm", { recursive: true });
  const held = `echo held; exec sleep ${seconds}`;
  const child = spawn("flock", ["--no-fork", `/run/lock/lvm/V_${volumeGroup}`, "sh", "-c", held]);
  lifetime.after(() => void child.kill());
  await once(child.stdout, "data");
  return child;
}
