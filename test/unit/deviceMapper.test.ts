import assert from "node:assert/strict";
import test from "node:test";
import { activeVolumes } from "../../provider/services/lvm/activation/activeVolumes.js";
import { logicalVolumeLike } from "../support/logicalVolume.js";

const uuid = "AIb3UO-Ki8q-7Yq3-fphv-a4ae-hjTB-sjLw4N";

test("volumes that device-mapper has are known by the UUIDs of group and volume", () => {
  const lvs = [
    logicalVolumeLike({ name: "a", uuid: "QDkqRd-VVwk-KdJk-iU0K-XzKx-EGnu-OIcNCK" }),
    logicalVolumeLike({ name: "b", uuid: "LJOQKt-GRex-L1y6-2bOM-utF7-vTsg-oBIsyx" }),
  ];
  const ofA = "LVM-AIb3UOKi8q7Yq3fphva4aehjTBsjLw4NQDkqRdVVwkKdJkiU0KXzKxEGnuOIcNCK";
  assert.deepEqual(activeVolumes({ uuid, lvs }, []), []);
  assert.deepEqual(activeVolumes({ uuid, lvs }, ["CRYPT-LUKS2-x", ofA]), ["a"]);
  // What lies below a snapshot's origin or a thin pool has a suffix.
  assert.deepEqual(activeVolumes({ uuid, lvs }, [`${ofA}-real`]), ["a"]);
  assert.deepEqual(activeVolumes({ uuid: uuid.replace("A", "B"), lvs }, [ofA]), []);
});
