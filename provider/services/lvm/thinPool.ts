import type { Group, LogicalVolume } from "./report.js";

/** The pool that new volumes of a group are made in; nothing where they are thick. */
export function poolOf(group: Pick<Group, "name" | "lvs">): LogicalVolume | undefined {
  return group.lvs.find(({ name, kind }) => kind === "thinPool" && name === poolName(group.name));
}

export function poolName(volumeGroup: string): string {
  return `${volumeGroup}-pool`;
}
