import { isUnknown } from "../../declaration/unknown.js";
import { backendIdOf } from "../../services/cinder/ids.js";
import { backendId } from "../../services/lvm/ids.js";
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
  foreseenId({ name, cinder, lvm }) {
    const of = cinder === undefined ? lvm?.volumeGroup : name;
    if (of === undefined || isUnknown(of)) return undefined;
    return cinder === undefined ? backendId(of) : backendIdOf(of);
  },
  serviceOfId: (id) => (id.startsWith("cinder:") ? "cinder" : "lvm"),
});
