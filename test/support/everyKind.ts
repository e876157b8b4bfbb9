import type { Made, Project } from "./pulumi.js";

export const connector = { hostName: "other", initiator: "iqn.2026-01.org.example:other", ip: "192.0.2.7" };

/** A program with every kind of resource, of this host's LVM (as far as any kernel has it) and of a Cinder. */
export function everyKind(project: Project): Made[] {
  const loopFile = { path: project.data("pool.img"), size: 4, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size: 1, metadata: { tier: "gold" } } },
    {
      kind: "Attachment",
      name: "disk",
      args: { volume: { idOf: "data" }, size: 1, mount: { path: project.data("disk") } },
    },
    { kind: "Backend", name: "fast", args: { cinder: { volumeBackendName: "faults" } } },
    {
      kind: "Volume",
      name: "remote",
      args: { backend: { idOf: "fast" }, size: 1, description: "of a Cinder", metadata: { tier: "gold" } },
    },
    { kind: "Snapshot", name: "then", args: { volume: { idOf: "remote" } } },
    { kind: "Volume", name: "copy", args: { backend: { idOf: "fast" }, snapshotId: { idOf: "then" } } },
    { kind: "Attachment", name: "there", args: { volume: { idOf: "remote" }, connector } },
  ];
}
