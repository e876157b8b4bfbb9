import { isUnknown } from "../../declaration/unknown.js";
import { resource } from "../resource.js";
import { serviceOfId, serviceOfUnknownVolume } from "../serviceOf.js";
import { attachmentDeclaration } from "./declaration.js";

/** A volume made usable: on this host as a device, or for another one as what it needs to reach the volume. */
export const attachment = resource(attachmentDeclaration, {
  lvm: async () => (await import("./lvm.js")).attachmentWithLvm,
  cinder: async () => (await import("./cinder.js")).attachmentWithCinder,
  serviceOf: ({ volume, connector }) =>
    isUnknown(volume) ? (connector === undefined ? serviceOfUnknownVolume() : "cinder") : serviceOfId(volume),
  // Both begin with the volume's id: `<vg>/volume-<uuid>`, or two UUIDs.
  serviceOfId: (id) => (id.includes("/volume-") ? "lvm" : "cinder"),
});
