import { Engine } from "../engine.js";
import type { CinderRig } from "./options.js";

/** An engine whose stack is configured for the rig's Cinder. */
export function startEngine(
  rig: Pick<CinderRig, "endpoint" | "project">,
  { stack, config = {} }: { stack?: string; config?: Record<string, string> } = {},
): Promise<Engine> {
  const full = { "blockbox:endpoint": rig.endpoint, "blockbox:project": rig.project, ...config };
  return Engine.start({ config: full, ...(stack === undefined ? {} : { stack }) });
}
