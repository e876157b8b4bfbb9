import { z } from "zod";
import type { Values } from "../../declaration/property.js";
import { boolean, listOf, object, oneOf, plainText, ratio, wholeNumber } from "../../declaration/type.js";
import { always, cloud, maybe } from "../declaration.js";

const gibs = wholeNumber("GiB");
const state = oneOf("GroupState", {
  up: "All of it is there.",
  down: "A device of it is missing.",
});

const percent = () => {
  const reason = "must be a number of percent";
  return { schema: z.number(reason), spec: { type: "number" as const }, unit: "percent" };
};

const thinPool = object("FoundThinPool", {
  name: always(plainText, "Name of its logical volume."),
  totalGib: always(gibs, "Whole GiB of its data."),
  dataPercent: maybe(
    percent(),
    "How much of its data is used. Absent while it is not active, since only then it is known.",
  ),
  metadataPercent: maybe(percent(), "How much of its metadata is used; absent as `dataPercent` is."),
  provisionedGib: always(gibs, "Whole GiB that its volumes promise together, without their snapshots."),
  overSubscription: always(ratio(), "How many times its data they may promise."),
});

const volumeGroup = object("FoundVolumeGroup", {
  name: always(plainText, "Name of the volume group."),
  backend: maybe(plainText, "Id of its Backend, `lvm:<volume group>`; absent for a group that blockbox did not make."),
  uuid: always(plainText, "lvm's UUID of it."),
  state: always(state, "Whether all its devices are there."),
  totalGib: always(gibs, "Whole GiB that it has for volumes, used and free."),
  freeGib: always(gibs, "Whole GiB of it that no volume has."),
  largestFreeGib: always(gibs, "Whole GiB of its largest free piece: no new volume can be larger."),
  volumes: always(wholeNumber("volumes"), "How many logical volumes it has, hidden ones too."),
  activation: maybe(
    oneOf("FoundActivation", { deviceMapper: "By device-mapper.", loop: "By loop devices on their extents." }),
    "How its volumes become devices, if it has a Backend.",
  ),
  thinPool: maybe(thinPool, "The thin pool that its new volumes are made in; absent where they are thick."),
  devices: always(listOf(plainText), "Devices that are its physical volumes; a missing one is `[unknown]`."),
});

const service = object("FoundVolumeService", {
  host: always(plainText, "`<host>@<backend>`, as `serviceHost` of a Backend takes it."),
  state: always(
    oneOf("VolumeServiceState", { up: "It has reported lately.", down: "It has not." }),
    "Whether it runs.",
  ),
  enabled: always(boolean(), "Whether Cinder's scheduler may choose it."),
});

const pool = object("FoundPool", {
  name: always(plainText, "`<host>@<backend>#<pool>`."),
  volumeBackendName: maybe(plainText, "What `volumeBackendName` of a Backend names."),
  totalGib: maybe(gibs, "Whole GiB that it has; absent where its driver does not tell."),
  freeGib: maybe(gibs, "Whole GiB of it that are free; absent where its driver does not tell."),
  roomGib: maybe(
    gibs,
    "Whole GiB that Cinder's scheduler still lets a new volume have there, by reserve and over-subscription; absent where there is no limit.",
  ),
  provisionedGib: maybe(gibs, "Whole GiB that its volumes promise together; absent where its driver does not tell."),
  thin: maybe(
    boolean(),
    "Whether its volumes take space only as they are written; absent where its driver does not tell.",
  ),
});

export type FoundVolumeGroup = NonNullable<Values<typeof getBackendsDeclaration.outputs>["volumeGroups"]>[number];
export type CinderBackends = Pick<Values<typeof getBackendsDeclaration.outputs>, "services" | "pools">;

export const getBackendsDeclaration = {
  name: "getBackends",
  doc: "What there is to make volumes in, with its free capacity as it is now: the volume groups of this host and, where a Cinder is configured, its volume services and pools.",
  inputs: { cloud },
  outputs: {
    volumeGroups: maybe(
      listOf(volumeGroup),
      "Volume groups of this host, others' too. Absent where this host's lvm2 cannot be asked, but a Cinder can.",
    ),
    services: maybe(
      listOf(service),
      "Volume services of Cinder. Absent where none is configured, or where it tells them to administrators only.",
    ),
    pools: maybe(
      listOf(pool),
      "Pools of Cinder, as its scheduler knows them. Absent where none is configured, or where it tells them to administrators only.",
    ),
  },
};
