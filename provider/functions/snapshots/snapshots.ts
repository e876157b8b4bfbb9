import { functionOf } from "../function.js";
import { getSnapshotDeclaration } from "./declaration.js";

export const getSnapshot = functionOf(getSnapshotDeclaration, async ({ id, cloud }) =>
  (await import("./cinder.js")).snapshotIn(cloud, id),
);
