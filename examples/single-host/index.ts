import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

const config = new pulumi.Config();

// A volume group of this host, on a file behind a loop device.
const pool = new blockbox.Backend("pool", { lvm: { loopFile: { size: 8, sparse: true } } });

const data = new blockbox.Volume("data", { backend: pool, size: config.getNumber("sizeGib") ?? 1 });
const spare = new blockbox.Volume("spare", { backend: pool, size: 1, description: "For later." });

// Makes a file system on the blank volume and mounts it. When the volume grows, so does the mounted file system.
const mounted = new blockbox.Attachment("data", {
  volume: data,
  mount: { path: config.get("path") ?? "/mnt/blockbox-data" },
});

export const device = mounted.devicePath;
export const mountPoint = mounted.mountPath;
export const sizeGib = mounted.size;
export const spareVolume = spare.id;
