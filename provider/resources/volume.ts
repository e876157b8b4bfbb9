import { z } from "zod";
import { defaulted, type Outputs, optional, required, type Values } from "../declaration/property.js";
import { gib, idOf, mapOf } from "../declaration/type.js";
import { hasUnknown, isUnknown } from "../declaration/unknown.js";
import { groupOfBackend } from "../services/lvm/ids.js";
import { lvm } from "../services/lvm/index.js";
import type { Location, PoolReference, VolumeWish } from "../services/service.js";
import { identityOf } from "./identity.js";
import { refusal, replaces, resource } from "./resource.js";
import { description, displayName, metadataKey, metadataValue } from "./texts.js";

const backendIdText = z
  .string("must be a Backend or its id")
  .refine((id) => groupOfBackend(id) !== undefined, "must be the id of a Backend: lvm:<volume group>");

const inputs = {
  backend: required(idOf("Backend", backendIdText), {
    change: "replace",
    doc: "The Backend that the volume is made in, or its id.",
  }),
  size: required(gib(), { change: "growOnly", doc: "Size in GiB. Grows in place, attached or not; never shrinks." }),
  name: defaulted(displayName, {
    change: "inPlace",
    default: {
      doc: "the resource's name and 7 hex digits",
      derive: ({ olds, autoName }) => String(olds.name ?? autoName),
    },
    doc: "Name of the volume: free text.",
  }),
  description: optional(description, { change: "inPlace", doc: "What the volume is for." }),
  metadata: defaulted(mapOf(metadataValue, metadataKey), {
    change: "inPlace",
    default: {},
    doc: "Keys and values of your own, kept with the volume.",
  }),
};

type Inputs = Values<typeof inputs>;
type Record = Inputs & { __location: Location };

/** A volume: here a linear logical volume, named as Cinder would name it. */
export const volume = resource<typeof inputs, Outputs, Record>(
  {
    name: "Volume",
    doc: "A volume of a block service: here a logical volume in the Backend's volume group. It is zeroed before first use.",
    inputs,
    outputs: {},
  },
  {
    deleteBeforeReplace: false,

    async problems(identity, wanted, asker, before) {
      const pool = poolOf(wanted.backend, asker.backendUrn);
      const stays = before !== undefined && before.backend === wanted.backend;
      if (stays || pool === undefined || hasUnknown([wanted.size, wanted.name])) return [];
      return lvm.volumes.problems(identity, pool, wishOf(wanted));
    },

    async refuse(identity, id, olds, news, differences) {
      lvm.volumes.settle(identity);
      if (replaces(differences) || isUnknown(news.size) || news.size <= olds.size) return;
      const reason = await lvm.volumes.refuseGrowth(identity, id, olds.__location, news.size);
      if (reason !== undefined) throw refusal("size", reason);
    },

    needsRepair: () => false,

    async create(identity, wanted) {
      const { id, facts } = await lvm.volumes.create(identity, wanted.backend, wishOf(wanted));
      return { id, outputs: { ...wanted, __location: facts.location } };
    },

    async read(identity, id, recorded) {
      lvm.volumes.settle(identity);
      const seen = await lvm.volumes.read(id, recorded?.__location);
      if (seen === undefined) return undefined;
      const seenInputs: Inputs = { backend: seen.backendId, ...seen.wish, metadata: { ...seen.wish.metadata } };
      return { inputs: seenInputs, outputs: { ...seenInputs, __location: seen.facts.location } };
    },

    async update(identity, id, olds, news) {
      const { location } = await lvm.volumes.update(identity, id, wishOf(news), olds.__location);
      return { ...news, __location: location };
    },

    delete: (identity, id, recorded) => lvm.volumes.delete(id, identity.stack, recorded.__location),
  },
);

/** Where the volume is planned: by the Backend's id, or by who the Backend is while its id is still unknown. */
function poolOf(backendId: string, backendUrn: string | undefined): PoolReference | undefined {
  if (!isUnknown(backendId)) return { backendId };
  return backendUrn === undefined ? undefined : { backend: identityOf(backendUrn) };
}

function wishOf({ name, size, description, metadata }: Inputs): VolumeWish {
  return { name, size, description, metadata };
}
