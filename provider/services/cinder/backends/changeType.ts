import { z } from "zod";
import { getType, type VolumeType } from "../api/types.js";
import type { Cinder } from "../cinder.js";
import { isNotFound } from "../client/error.js";
import { specsOf, type TypeWish } from "./wish.js";

type Specs = Readonly<Record<string, string>>;

/** How a type's extra specs have to change: keys that the old wish has and the new one has not go, all others stay. */
export function specChanges(now: Specs, olds: Specs, news: Specs): { set: Record<string, string>; remove: string[] } {
  return {
    set: Object.fromEntries(Object.entries(news).filter(([key, value]) => now[key] !== value)),
    remove: Object.keys(olds).filter((key) => !(key in news) && key in now),
  };
}

/** Brings a type to what is wanted, its extra specs key by key: never is one missing that both wishes have. */
export async function changeType(cinder: Cinder, type: VolumeType, olds: Specs, wish: TypeWish): Promise<VolumeType> {
  const { client } = cinder;
  const { set, remove } = specChanges(type.extra_specs ?? {}, olds, specsOf(wish));
  if (Object.keys(set).length > 0)
    await client.post(["types", type.id, "extra_specs"], { extra_specs: set }, z.unknown());
  for (const key of remove) {
    try {
      await client.delete(["types", type.id, "extra_specs", key]);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  const describes =
    (wish.description ?? "") !== (type.description ?? "") && !(wish.adopt && wish.description === undefined);
  const publishes = wish.isPublic !== undefined && wish.isPublic !== type.is_public;
  if (describes || publishes) {
    const change = {
      ...(describes ? { description: wish.description ?? "" } : {}),
      ...(publishes ? { is_public: wish.isPublic } : {}),
    };
    await client.put(["types", type.id], { volume_type: change }, z.unknown());
  }
  cinder.types.forget();
  return getType(client, type.id);
}
