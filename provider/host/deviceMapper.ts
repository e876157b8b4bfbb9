import { existsSync } from "node:fs";
import { namesIn, readSysfs } from "./blockDevice.js";
import { run } from "./command.js";
import type { Lock } from "./lock.js";

/** A device of device-mapper, as sysfs shows it. */
export interface MappedDevice {
  /** `/dev/dm-<n>`: another one after each activation. */
  readonly path: string;
  readonly name: string;
  readonly uuid: string;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
}

/** All devices of device-mapper. Runs no command. */
export function listMappedDevices(): MappedDevice[] {
  return namesIn("/sys/block")
    .filter((name) => name.startsWith("dm-"))
    .flatMap((name) => {
      const uuid = readSysfs(`/sys/block/${name}/dm/uuid`);
      if (uuid === undefined) return [];
      const path = `/dev/${name}`;
      const readOnly = readSysfs(`/sys/block/${name}/ro`) === "1";
      const sizeBytes = Number(readSysfs(`/sys/block/${name}/size`)) * 512;
      return [{ path, name: readSysfs(`/sys/block/${name}/dm/name`) ?? "", uuid, sizeBytes, readOnly }];
    });
}

export function findMappedDevice(uuid: string): MappedDevice | undefined {
  return listMappedDevices().find((device) => device.uuid === uuid);
}

/** Lets a device be written to, or not. Unlike lvm's own permission this lasts only as long as the device. */
export async function setReadOnly({ path }: Pick<MappedDevice, "path">, readOnly: boolean, lock: Lock): Promise<void> {
  await run("blockdev", [readOnly ? "--setro" : "--setrw", path], { lock });
}

/** Takes away a device whose logical volume is gone. */
export async function removeMappedDevice({ name }: Pick<MappedDevice, "name">, lock: Lock): Promise<void> {
  await run("dmsetup", ["remove", name], { lock });
}

/** A device to be made: its table is one of linear pieces, or the kernel's text for another kind. */
export interface DeviceToMap {
  readonly name: string;
  readonly uuid: string;
  readonly readOnly: boolean;
  /** A line each: first sector, number of sectors, kind and its arguments. */
  readonly table: readonly string[];
}

/** Makes devices, the first one first: `/dev/mapper/<name>`. Names and tables have none of the characters `,;\`. */
export async function mapDevices(devices: readonly DeviceToMap[], lock: Lock): Promise<void> {
  const concise = devices.map(({ name, uuid, readOnly, table }) =>
    [name, uuid, "", readOnly ? "ro" : "rw", ...table].join(),
  );
  await run("dmsetup", ["create", ...withoutUdev(), "--concise", concise.join(";")], { lock });
}

/** Takes those of the devices away that are there. Waits a while for passing openers, such as udev. */
export async function unmapDevices(names: readonly string[], lock: Lock): Promise<void> {
  const there = listMappedDevices().map(({ name }) => name);
  const left = names.filter((name) => there.includes(name));
  if (left.length > 0) await run("dmsetup", ["remove", ...withoutUdev(), "--retry", ...left], { lock });
}

/** What the kernel says of a device's first target, behind its kind: for a snapshot `<used>/<all> <metadata>`, or `Invalid`. */
export async function mappedStatus(path: string, lock: Lock): Promise<string> {
  const { stdout } = await run("dmsetup", ["status", path], { lock });
  return stdout.trim().split(/\s+/).slice(3).join(" ");
}

/** Without a running udevd dmsetup would wait for it, and nobody would make the paths. */
function withoutUdev(): string[] {
  return existsSync("/run/udev/control") ? [] : ["--noudevrules", "--noudevsync"];
}
