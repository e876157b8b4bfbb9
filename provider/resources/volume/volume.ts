import { resource } from "../resource.js";
import { noteVolumeService, serviceOfBackend, serviceOfId } from "../serviceOf.js";
import { volumeDeclaration } from "./declaration.js";

/** A volume: a logical volume of this host, or a volume of a Cinder. */
export const volume = resource(volumeDeclaration, {
  lvm: async () => (await import("./lvm.js")).volumeWithLvm,
  cinder: async () => (await import("./cinder.js")).volumeWithCinder,
  // Without a Backend it is of Cinder's default type.
  serviceOf: ({ backend, volumeType }, { backendUrn }) =>
    noteVolumeService(
      backend === undefined || volumeType !== undefined ? "cinder" : serviceOfBackend(backend, backendUrn),
    ),
  serviceOfId: (id) => serviceOfId(id) ?? "lvm",
});
