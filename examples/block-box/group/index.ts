import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

const config = new pulumi.Config();
const name = config.get("name") ?? "block-box";

// Blank disks: `pulumi config set --path 'devices[0]' /dev/disk/by-id/…`; without any, a file behind a loop device.
const devices = config.getObject<string[]>("devices");

// The group, with the thin pool that Cinder's LVM driver looks for. It does not go as long as Cinder has volumes in it.
const group = new blockbox.Backend("group", {
  name,
  lvm: devices === undefined ? { loopFile: { size: config.getNumber("sizeGib") ?? 20, sparse: true } } : { devices },
});

export const volumeGroup = group.volumeGroup;
