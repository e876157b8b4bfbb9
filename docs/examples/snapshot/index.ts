import * as blockbox from "pulumi-blockbox";

// In a Cinder. A Backend of this host's LVM, with its thin pool, does as well.
const pool = new blockbox.Backend("pool", { cinder: { volumeBackendName: "nfs" } });
const data = new blockbox.Volume("data", { backend: pool, size: 1 });

const before = new blockbox.Snapshot("before", { volume: data, description: "Before the upgrade." });

// To look at what was in it, or to go back to that.
const copy = new blockbox.Volume("copy", { backend: pool, snapshotId: before });

export const takenAt = before.createdAt;
export const copyVolume = copy.id;
