import { serviceOfId } from "../../resources/serviceOf.js";
import { partsOfSnapshot } from "../../services/lvm/ids.js";
import { functionOf } from "../function.js";
import { getSnapshotDeclaration } from "./declaration.js";

export const getSnapshot = functionOf(
  getSnapshotDeclaration,
  async ({ id, cloud }) => {
    const parts = partsOfSnapshot(id);
    return parts ? (await import("./lvm.js")).snapshotHere(parts) : (await import("./cinder.js")).snapshotIn(cloud, id);
  },
  ({ id }) => serviceOfId(id),
);
