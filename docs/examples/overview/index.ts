import * as blockbox from "pulumi-blockbox";

// A volume group of this host, on a file behind a loop device.
const pool = new blockbox.Backend("pool", { lvm: { loopFile: { size: 10, sparse: true } } });
const data = new blockbox.Volume("data", { backend: pool, size: 2 });
const mounted = new blockbox.Attachment("data", { volume: data, mount: { path: "/mnt/data" } });

export const device = mounted.devicePath;
