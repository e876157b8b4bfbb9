import { type DeviceToMap, mapDevices, unmapDevices } from "../../../host/deviceMapper.js";
import type { Lock } from "../../../host/lock.js";
import { type ByteRange, rangesOfVolume } from "../extents.js";
import type { Group, LogicalVolume } from "../report.js";

const sectorBytes = 512;

/**
 * Runs work on a device that shows what a thick snapshot of a volume holds which is not attached. lvm could show it only
 * by activating the volume too, which then would count as attached. The volume's lock, which is to be held, keeps others
 * from that meanwhile: two devices that keep what changes in one place would destroy it.
 */
export async function viewSnapshot<T>(
  group: Group,
  snapshot: LogicalVolume,
  origin: LogicalVolume,
  lock: Lock,
  work: (path: string) => Promise<T>,
): Promise<T> {
  await dropSnapshotView(snapshot, lock);
  const [shown, below, changes] = namesOf(snapshot);
  const device = (name: string, readOnly: boolean, table: string[]): DeviceToMap => ({
    ...{ name, uuid: `BLOCKBOX-${name}`, readOnly, table },
  });
  const sectors = origin.sizeBytes / sectorBytes;
  try {
    await mapDevices(
      [
        device(below, true, linear(rangesOfVolume(group, origin))),
        // The kernel writes its header there when nobody has seen the snapshot before.
        device(changes, false, linear(rangesOfSnapshot(group, snapshot))),
      ],
      lock,
    );
    // Chunks of 8 sectors are lvm's default; the header on the device counts where it says otherwise.
    const table = `0 ${sectors} snapshot /dev/mapper/${below} /dev/mapper/${changes} P 8`;
    await mapDevices([device(shown, false, [table])], lock);
    return await work(`/dev/mapper/${shown}`);
  } finally {
    await dropSnapshotView(snapshot, lock);
  }
}

/** Takes away what a killed copy may have left. */
export function dropSnapshotView(snapshot: LogicalVolume, lock: Lock): Promise<void> {
  return unmapDevices(namesOf(snapshot), lock);
}

function namesOf({ uuid }: LogicalVolume): [shown: string, below: string, changes: string] {
  const name = `blockbox-${uuid}`;
  return [name, `${name}-origin`, `${name}-changes`];
}

/** What lvm reports of a thick snapshot's extents is as of a linear volume. */
function rangesOfSnapshot(group: Group, snapshot: LogicalVolume): ByteRange[] {
  const segments = snapshot.segments.map((segment) => ({ ...segment, type: "linear" }));
  return rangesOfVolume(group, { ...snapshot, segments });
}

function linear(ranges: readonly ByteRange[]): string[] {
  let start = 0;
  return ranges.map(({ device, offsetBytes, lengthBytes }) => {
    const sectors = lengthBytes / sectorBytes;
    const line = `${start} ${sectors} linear ${device} ${offsetBytes / sectorBytes}`;
    start += sectors;
    return line;
  });
}
