import type { Made, Project } from "./pulumi.js";

/** A program of this host's LVM: a volume of 1 GiB, mounted at the data's `disk`. */
export function mountedVolume(project: Project): Made[] {
  const loopFile = { path: project.data("pool.img"), size: 4, sparse: true };
  return [
    { kind: "Backend", name: "pool", args: { lvm: { volumeGroup: project.group, loopFile } } },
    { kind: "Volume", name: "data", args: { backend: { ref: "pool" }, size: 1 } },
    { kind: "Attachment", name: "disk", args: { volume: { ref: "data" }, mount: { path: project.data("disk") } } },
  ];
}
