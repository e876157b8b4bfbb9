import assert from "node:assert/strict";
import test from "node:test";
import { parseMountInfo } from "../../provider/host/mountInfo.js";

test("mount points with spaces, with and without optional fields", () => {
  const text = [
    "36 35 7:1 / /mnt/a\\040b\\134c rw,noatime shared:1 master:2 - ext4 /dev/loop1 rw,errors=remount-ro",
    "37 35 0:21 /sub /run ro - tmpfs tmp\\040fs rw",
    "",
    "nonsense",
  ].join("\n");
  assert.deepEqual(parseMountInfo(text), [
    {
      deviceNumber: "7:1",
      root: "/",
      path: "/mnt/a b\\c",
      options: ["rw", "noatime"],
      fsType: "ext4",
      source: "/dev/loop1",
      superOptions: ["rw", "errors=remount-ro"],
    },
    {
      deviceNumber: "0:21",
      root: "/sub",
      path: "/run",
      options: ["ro"],
      fsType: "tmpfs",
      source: "tmp fs",
      superOptions: ["rw"],
    },
  ]);
});
