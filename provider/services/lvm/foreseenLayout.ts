import { loopOfFile } from "../../host/loop.js";
import { extentSizeBytes, extentsStartBytes } from "./geometry.js";
import { grownLayout } from "./grownLayout.js";
import type { Layout } from "./growth.js";
import type { Group } from "./report.js";

/** What becomes of the devices of a group: its file grows, or devices come to it, or leave it. */
export interface PlannedDevices {
  readonly file?: { readonly path: string; readonly sizeBytes: number } | undefined;
  readonly addedBytes: readonly number[];
  /** UUIDs of physical volumes. */
  readonly removed: readonly string[];
}

/** A group as it will be; nothing yet where it is still to be made. */
export function foreseenLayout(group: Layout | undefined, { file, addedBytes, removed }: PlannedDevices): Layout {
  if (group === undefined) {
    const empty: Layout = { extentSizeBytes, pvs: [], lvs: [], free: [] };
    return [...(file ? [file.sizeBytes] : []), ...addedBytes].reduce(withDevice, empty);
  }
  const loop = file && loopOfFile(file.path)?.path;
  const pv = group.pvs.find(({ device }) => device === loop);
  const grown = file && pv ? grownLayout(group, pv.uuid, file.sizeBytes) : group;
  const isLeft = (uuid: string) => !removed.includes(uuid);
  const reduced = {
    ...grown,
    pvs: grown.pvs.filter(({ uuid }) => isLeft(uuid)),
    free: grown.free.filter(({ pvUuid }) => isLeft(pvUuid)),
  };
  return addedBytes.reduce(withDevice, reduced);
}

export function extentCountOf({ pvs }: Pick<Group, "pvs">): number {
  return pvs.reduce((sum, { extentCount }) => sum + extentCount, 0);
}

function withDevice(layout: Layout, sizeBytes: number): Layout {
  const extents = Math.max(0, Math.floor((sizeBytes - extentsStartBytes) / layout.extentSizeBytes));
  const name = `planned ${layout.pvs.length}`;
  const pv = { uuid: name, device: name, missing: false, tags: [], peStartBytes: extentsStartBytes };
  return {
    ...layout,
    pvs: [...layout.pvs, { ...pv, extentCount: extents }],
    free: [...layout.free, ...(extents === 0 ? [] : [{ pvUuid: name, pvDevice: name, startExtent: 0, extents }])],
  };
}
