import { BlockboxError } from "../../../errors.js";
import { awaitCreator, isLeftBehind, isNamed } from "../../claims.js";
import { newMark } from "../../mark.js";
import type { Identity } from "../../service.js";
import { listTypes, postType, type VolumeType } from "../api/types.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import { backendIdOf } from "../ids.js";
import { markEntry, markKey, markOf } from "../marks.js";
import { changeType } from "./changeType.js";
import { specsOf, type TypeWish } from "./wish.js";

/**
 * Makes a volume type with all its extra specs in one request, or takes the one that is to be adopted, or that a killed
 * create of the same identity left. Its mark stays, as what says that it is ours: extra specs of a type in use cannot be
 * changed.
 */
export function makeType(cinder: Cinder, identity: Identity, wish: TypeWish): Promise<VolumeType> {
  return awaitCreator(async () => {
    const existing = (await listTypes(cinder.client)).find(({ name }) => name === wish.name);
    const type = existing ? await takeOver(cinder, identity, existing, wish) : await make(cinder, identity, wish);
    cinder.types.forget();
    return type;
  });
}

async function takeOver(cinder: Cinder, identity: Identity, type: VolumeType, wish: TypeWish): Promise<VolumeType> {
  if (!wish.adopt && !isLeft(type, identity)) throw taken(wish.name);
  return changeType(cinder, type, {}, wish);
}

function isLeft(type: VolumeType, identity: Identity): boolean {
  const mark = markOf({ metadata: type.extra_specs ?? {} });
  return !isNamed("Backend", backendIdOf(type.name)) && isLeftBehind(mark, identity);
}

async function make(cinder: Cinder, identity: Identity, wish: TypeWish): Promise<VolumeType> {
  if (wish.adopt) {
    throw new BlockboxError("NOT_FOUND", `There is no volume type ${wish.name} to adopt. Make it, or leave adopt out.`);
  }
  const mark = markEntry(newMark(identity));
  try {
    return await postType(cinder.client, {
      name: wish.name,
      description: wish.description,
      "os-volume-type-access:is_public": wish.isPublic ?? true,
      extra_specs: { ...specsOf(wish), ...mark },
    });
  } catch (error) {
    if (!(error instanceof CinderError)) throw error;
    if (error.status === 409) throw taken(wish.name);
    if (!error.mayHaveHappened) throw error;
    // Names are unique, so one of that name with our token is the one that this request made.
    const made = (await listTypes(cinder.client)).find(({ extra_specs }) => extra_specs?.[markKey] === mark[markKey]);
    if (made) return made;
    throw error;
  }
}

export function taken(name: string): BlockboxError {
  return new BlockboxError(
    "NOT_OURS",
    `A volume type ${name} exists already, and this Backend has not made it. Give another name, or use it with \`cinder: { adopt: true }\`.`,
  );
}
