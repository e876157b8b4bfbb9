import type { Layout } from "./growth.js";

/** The layout as it will be when a device of the group has grown to that size. */
export function grownLayout(layout: Layout, pvUuid: string, sizeBytes: number): Layout {
  const pv = layout.pvs.find(({ uuid }) => uuid === pvUuid);
  if (pv === undefined) return layout;
  const extentCount = Math.floor((sizeBytes - pv.peStartBytes) / layout.extentSizeBytes);
  const more = extentCount - pv.extentCount;
  if (more <= 0) return layout;
  const last = layout.free.find(
    (range) => range.pvUuid === pvUuid && range.startExtent + range.extents === pv.extentCount,
  );
  const startExtent = last?.startExtent ?? pv.extentCount;
  const added = { pvUuid, pvDevice: pv.device, startExtent, extents: extentCount - startExtent };
  return {
    ...layout,
    pvs: layout.pvs.map((other) => (other === pv ? { ...pv, extentCount } : other)),
    free: [...layout.free.filter((range) => range !== last), added],
  };
}
