import { readSysfs, sysfsFolder } from "../../host/blockDevice.js";
import { mountsOf } from "../../host/mountInfo.js";
import type { AttachmentInputs } from "./declaration.js";

/** What ext4, xfs and the kernel show of a mount that was given no options. */
const usual = new Set("rw ro relatime attr2 inode64 logbufs=8 logbsize=32k noquota errors=continue".split(" "));

/** What they show of the device: a thin volume has a stripe. */
const ofDevice = /^(stripe|sunit|swidth)=/;

/** How a device is used, as an import finds it; how it came to its file system is not to be seen. */
export function seenUse(devicePath: string): Pick<AttachmentInputs, "mode" | "mount"> {
  const isReadOnly = readSysfs(`${sysfsFolder(devicePath)}/ro`) === "1";
  const mode = isReadOnly ? "ro" : "rw";
  const mount = mountsOf(devicePath).find(({ root }) => root === "/");
  if (mount === undefined || (mount.fsType !== "ext4" && mount.fsType !== "xfs")) return { mode };
  const options = [...mount.options, ...mount.superOptions].filter(
    (option) => !usual.has(option) && !ofDevice.test(option),
  );
  const format = isReadOnly ? "never" : "ifBlank";
  return { mode, mount: { path: mount.path, fsType: mount.fsType, options: [...new Set(options)], format } };
}
