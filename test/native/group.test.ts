import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Lock, withLock } from "../../provider/host/lock.js";
import { attachLoop, detachLoop, growLoop } from "../../provider/host/loop.js";
import { lvm } from "../../provider/services/lvm/command.js";
import {
  extentSizeBytes,
  extentsStartBytes,
  gibBytes,
  pvcreateArguments,
  usableExtents,
} from "../../provider/services/lvm/geometry.js";
import { grownLayout } from "../../provider/services/lvm/grownLayout.js";
import { growth } from "../../provider/services/lvm/growth.js";
import { place } from "../../provider/services/lvm/placement.js";
import { type ExtentRange, type Group, readGroups } from "../../provider/services/lvm/report.js";
import { markTag, ownTag, parseTags, volumeTags } from "../../provider/services/lvm/tags.js";

const volumeGroup = `bbh-${process.pid}`;

/** A real group on one loop file per size; afterwards everything is taken away. */
function withGroup(
  filesGib: readonly number[],
  body: (lock: Lock, files: { file: string; device: string }[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync("/var/tmp/bbh-");
  return withLock(volumeGroup, "the group tests", async (lock) => {
    const files: { file: string; device: string }[] = [];
    try {
      for (const [at, sizeGib] of filesGib.entries()) {
        const file = join(folder, `${at}.img`);
        writeFileSync(file, "");
        truncateSync(file, sizeGib * gibBytes);
        const { path } = await attachLoop({ backing: file, readOnly: false, lock });
        files.push({ file, device: path });
        await lvm(["pvcreate", ...pvcreateArguments, path], { lock });
      }
      const devices = files.map(({ device }) => device);
      await lvm(["vgcreate", "-s", `${extentSizeBytes}b`, "--addtag", ownTag, volumeGroup, ...devices], { lock });
      await body(lock, files);
    } finally {
      for (const { device } of files) await detachLoop(device, lock);
      rmSync(folder, { recursive: true });
      rmSync(`/etc/lvm/backup/${volumeGroup}`, { force: true });
      rmSync(`/run/lock/blockbox/${volumeGroup}.lock`);
    }
  });
}

async function read(lock: Lock): Promise<Group> {
  const [group] = await readGroups({ lock, volumeGroup });
  assert.ok(group);
  return group;
}

function on({ pvDevice, startExtent, extents }: ExtentRange): string {
  return `${pvDevice}:${startExtent}-${startExtent + extents - 1}`;
}

function create(lock: Lock, name: string, range: ExtentRange, tags: readonly string[]) {
  const tagArguments = tags.flatMap((tag) => ["--addtag", tag]);
  return lvm(
    ["lvcreate", "-an", "-Zn", "-Wn", "-n", name, "-l", `${range.extents}`, ...tagArguments, volumeGroup, on(range)],
    { lock },
  );
}

test("a group has the geometry that the preview reckons with, and volumes go and grow where we say", () =>
  withGroup([4], async (lock, [disk]) => {
    assert.ok(disk);
    const empty = await read(lock);
    assert.equal(empty.pvs[0]?.peStartBytes, extentsStartBytes);
    assert.equal(empty.extentCount, usableExtents(4 * gibBytes));
    assert.deepEqual([empty.extentSizeBytes, empty.lvs, empty.tags], [extentSizeBytes, [], [ownTag]]);

    const first = place({ ...empty, sizeGib: 1, stillPlannedGib: [] });
    assert.ok(first);
    const tags = volumeTags({ name: 'ä "b" = & + 😀', description: "d,e\n".repeat(200), metadata: { "a b": "c=d" } });
    await create(lock, "volume-a", first, tags);
    const group = await read(lock);
    const [lv] = group.lvs;
    assert.ok(lv);
    assert.deepEqual(lv.segments, [{ ...first, type: "linear", logicalStart: 0 }]);
    assert.equal(lv.sizeBytes, gibBytes);
    assert.deepEqual(parseTags(lv.tags), parseTags(tags));
    assert.equal(parseTags(lv.tags).name, 'ä "b" = & + 😀');

    const tooLarge = growth({ layout: group, lv, toGib: 4 });
    assert.deepEqual(tooLarge, { ok: false, reason: "end", freeGib: 2 });

    truncateSync(disk.file, 6 * gibBytes);
    const planned = grownLayout(group, first.pvUuid, 6 * gibBytes);
    const answer = growth({ layout: planned, lv, toGib: 4 });
    assert.ok(answer.ok && answer.range);
    await growLoop(disk.device, 6 * gibBytes, lock);
    await lvm(["pvresize", disk.device], { lock });
    assert.deepEqual((await read(lock)).free, planned.free);
    await lvm(
      [
        "lvextend",
        "--alloc",
        "contiguous",
        "-l",
        `+${answer.range.extents}`,
        `${volumeGroup}/volume-a`,
        on(answer.range),
      ],
      { lock },
    );
    await lvm(["lvchange", "-pr", `${volumeGroup}/volume-a`], { lock });
    const [grown] = (await read(lock)).lvs;
    assert.deepEqual(
      grown?.segments.map(({ startExtent, extents }) => [startExtent, extents]),
      [[first.startExtent, 1024]],
    );
    assert.equal(grown?.permission, "ro");
  }));

test("a group whose physical volume is missing is reported as incomplete", () =>
  withGroup([1, 2], async (lock, files) => {
    const gone = files.pop();
    assert.ok(gone);
    await detachLoop(gone.device, lock);
    const group = await read(lock);
    assert.equal(group.complete, false);
    assert.deepEqual(group.pvs.map(({ missing }) => missing).sort(), [false, true]);
    assert.deepEqual(await readGroups({ volumeGroup: `${volumeGroup}-none` }), []);
  }));

test("the metadata area has room for 1,000 volumes with long tags, old and new text at once", () =>
  withGroup([2], async (lock, files) => {
    const area = async () => {
      const { stdout } = await lvm([
        "pvs",
        "--noheadings",
        "--units",
        "b",
        "--nosuffix",
        "-o",
        "pv_mda_size,pv_mda_free",
        `${files[0]?.device}`,
      ]);
      const [size = 0, free = 0] = stdout.trim().split(/\s+/).map(Number);
      return { size, used: size - free };
    };
    const mark = { identity: "a".repeat(64), stack: "b".repeat(64), token: "c".repeat(32), createdAt: 1 };
    const creator = { machine: "0".repeat(12), pid: 1, start: 1 };
    const tags = [...volumeTags({ name: "n".repeat(60), description: "d".repeat(600) }), markTag({ ...mark, creator })];
    const before = await area();
    const [count, extent] = [8, (await read(lock)).free[0]];
    assert.ok(extent);
    for (let at = 0; at < count; at += 1)
      await create(lock, `volume-${at}`, { ...extent, startExtent: at, extents: 1 }, tags);
    const after = await area();
    // lvm says free for one more text of that size beside the current one: both halves are counted in `used`.
    const perVolume = (after.used - before.used) / count;
    assert.ok(perVolume > 1000, `${perVolume} bytes`);
    assert.ok(1000 * perVolume < after.size / 2, `${perVolume} bytes for each volume, ${after.size} in all`);
  }));
