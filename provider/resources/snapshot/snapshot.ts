import { isUnknown } from "../../declaration/unknown.js";
import { resource } from "../resource.js";
import { serviceOfId, serviceOfUnknownVolume } from "../serviceOf.js";
import { snapshotDeclaration } from "./declaration.js";

/** A snapshot of a volume: a logical volume of this host, or a snapshot of a Cinder. */
export const snapshot = resource(snapshotDeclaration, {
  lvm: async () => (await import("./lvm.js")).snapshotWithLvm,
  cinder: async () => (await import("./cinder.js")).snapshotWithCinder,
  serviceOf: ({ volume }) => (isUnknown(volume) ? serviceOfUnknownVolume() : serviceOfId(volume)),
  serviceOfId: (id) => serviceOfId(id) ?? "lvm",
});
