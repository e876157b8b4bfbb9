import { resource } from "../resource.js";
import { planBackendService } from "../serviceOf.js";
import { backendDeclaration } from "./declaration.js";

/** A pool of storage: a volume group of this host, or a volume type of a Cinder. */
export const backend = resource(backendDeclaration, {
  lvm: async () => (await import("./lvm.js")).backendWithLvm,
  cinder: async () => (await import("./cinder.js")).backendWithCinder,
  serviceOf({ cinder }, { urn }) {
    const service = cinder === undefined ? "lvm" : "cinder";
    planBackendService(urn, service);
    return service;
  },
  serviceOfId: (id) => (id.startsWith("cinder:") ? "cinder" : "lvm"),
});
