import * as blockbox from "pulumi-blockbox";

const pool = new blockbox.Backend("pool", { cinder: { volumeBackendName: "nfs" } });

// A larger size makes it grow, while it is attached too.
const data = new blockbox.Volume("data", {
  backend: pool,
  size: 1,
  description: "Of the database.",
  metadata: { tier: "gold" },
});

// Begins with what the other has in it, and is as large. On this host's LVM that takes a kernel with device-mapper.
const copy = new blockbox.Volume("copy", { backend: pool, sourceVolumeId: data });

export const dataVolume = data.id;
export const copySize = copy.size;
