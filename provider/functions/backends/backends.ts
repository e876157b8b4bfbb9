import { BlockboxError } from "../../errors.js";
import { functionOf } from "../function.js";
import { getBackendsDeclaration } from "./declaration.js";

export const getBackends = functionOf(getBackendsDeclaration, async ({ cloud }) => {
  const [groups, cinder] = await Promise.allSettled([
    import("./lvm.js").then(({ groupsHere }) => groupsHere()),
    import("./cinder.js").then(({ backendsIn }) => backendsIn(cloud)),
  ]);
  if (cinder.status === "rejected") throw cinder.reason;
  if (groups.status === "fulfilled") return { volumeGroups: groups.value, ...cinder.value };
  // A host without lvm2, or a user who may not ask it: the question was for the Cinder.
  if (cinder.value === undefined || !BlockboxError.is(groups.reason)) throw groups.reason;
  return cinder.value;
});
