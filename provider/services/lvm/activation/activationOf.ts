import { parseGroupTags } from "../groupTags.js";
import type { Group } from "../report.js";
import type { Activation } from "./activation.js";
import { deviceMapperActivation } from "./deviceMapper.js";
import { loopActivation } from "./loop.js";

export function activationOf({ tags }: Pick<Group, "tags">): Activation {
  return parseGroupTags(tags).activation === "deviceMapper" ? deviceMapperActivation : loopActivation;
}
