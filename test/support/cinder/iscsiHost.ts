import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../system.js";
import { until } from "../until.js";
import { acceptsConnections } from "./waiting.js";

/** The volume group of the backends `lio` and `tgt`, as test/rig/cinder.conf names it. */
export const iscsiGroup = "cinder-volumes";

/** Where each of the two kinds of target listens: one kernel, so one port each. */
export const portals = { lio: "127.0.0.1:3260", tgt: "127.0.0.1:3261" } as const;

const modules = ["configfs", "target_core_mod", "target_core_iblock", "iscsi_target_mod", "sd_mod", "sg", "iscsi_tcp"];

/**
 * Makes the guest a host of both sides of iSCSI: a volume group, a kernel with LIO, tgtd, and open-iscsi with its daemon.
 * Only for a guest: it goes with it.
 * @param state where Cinder keeps tgt's targets
 * @param disk where the group's image is: a folder that an earlier boot may have left it in
 */
export async function makeIscsiHost(state: string, disk = "/var/lib/blockbox"): Promise<void> {
  await command("modprobe", "-a", ...modules);
  if (!existsSync("/sys/kernel/config/target"))
    await command("mount", "-t", "configfs", "configfs", "/sys/kernel/config");
  await mkdir("/etc/target", { recursive: true });
  await mkdir("/etc/tgt/conf.d", { recursive: true });
  await mkdir("/etc/iscsi", { recursive: true });
  await writeFile("/etc/iscsi/initiatorname.iscsi", "InitiatorName=iqn.2026-01.org.example:guest\n");
  await writeFile("/etc/tgt/conf.d/cinder.conf", `include ${join(state, "volumes")}/*\n`);
  await makeGroup(join(disk, `${iscsiGroup}.img`));
  await startIscsid();
  if (!(await acceptsConnections({ port: 3261 }))) {
    daemon("tgtd", "--foreground", "--iscsi", `portal=${portals.tgt}`);
    await until("tgtd listens", () => acceptsConnections({ port: 3261 }));
  }
}

/** Starts open-iscsi's daemon, unless it runs. */
export async function startIscsid(): Promise<void> {
  if (await runs("iscsid")) return;
  await command("iscsid");
  await until("iscsid runs", () => runs("iscsid"));
}

async function runs(name: string): Promise<boolean> {
  return command("pgrep", "-x", name).then(
    () => true,
    () => false,
  );
}

async function makeGroup(file: string): Promise<void> {
  const isNew = !existsSync(file);
  if (isNew) {
    await appendFile(file, "");
    await truncate(file, 12 * 2 ** 30);
  }
  if ((await command("losetup", "--associated", file)) !== "") return;
  const device = (await command("losetup", "--find", "--show", file)).trim();
  // After a boot the system activates its groups.
  await command(
    "lvm",
    ...(isNew ? ["vgcreate", "--quiet", iscsiGroup, device] : ["vgchange", "-qq", "-ay", iscsiGroup]),
  );
}

function daemon(name: string, ...args: string[]): void {
  spawn(name, args, { detached: true, stdio: "ignore" }).unref();
}
