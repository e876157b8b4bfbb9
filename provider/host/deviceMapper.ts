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
