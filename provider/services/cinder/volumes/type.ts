import { BlockboxError } from "../../../errors.js";
import { getDefaultType, type VolumeType } from "../api/types.js";
import type { Cinder } from "../cinder.js";

/** The volume type of that name or UUID, if there is one. A name comes first: Cinder reads it so too. */
export async function findType(cinder: Cinder, nameOrId: string): Promise<VolumeType | undefined> {
  const types = await cinder.types.get();
  return types.find(({ name }) => name === nameOrId) ?? types.find(({ id }) => id === nameOrId);
}

/** The type that a volume is to have: as named, or Cinder's default. Throws NOT_FOUND. */
export async function wantedType(cinder: Cinder, nameOrId: string | undefined): Promise<VolumeType> {
  if (nameOrId === undefined) return getDefaultType(cinder.client);
  const type = await findType(cinder, nameOrId);
  if (type) return type;
  cinder.types.forget();
  throw new BlockboxError("NOT_FOUND", `There is no volume type ${nameOrId} in Cinder: see \`cinder type-list\`.`);
}
