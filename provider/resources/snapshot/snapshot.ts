import { resource } from "../resource.js";
import { snapshotDeclaration } from "./declaration.js";

/** A snapshot of a volume of a Cinder. */
export const snapshot = resource(snapshotDeclaration, {
  cinder: async () => (await import("./cinder.js")).snapshotWithCinder,
  serviceOf: () => "cinder",
  serviceOfId: () => "cinder",
});
