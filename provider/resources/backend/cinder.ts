import { isDeepStrictEqual } from "node:util";
import { hasUnknown } from "../../declaration/unknown.js";
import type { Failure } from "../../declaration/validate.js";
import { BlockboxError, PartlyMadeError } from "../../errors.js";
import { awaitService } from "../../services/cinder/backends/awaitService.js";
import { changeType, specChanges } from "../../services/cinder/backends/changeType.js";
import { makeType, taken } from "../../services/cinder/backends/makeType.js";
import { planSpecs } from "../../services/cinder/backends/planned.js";
import { removeType, volumesOf } from "../../services/cinder/backends/removeType.js";
import { findOwnType, seenType } from "../../services/cinder/backends/seen.js";
import { type SeenType, specsOf, type TypeWish } from "../../services/cinder/backends/wish.js";
import { type Cinder, cinderOf } from "../../services/cinder/cinder.js";
import { backendIdOf, requireTypeOf } from "../../services/cinder/ids.js";
import { type CinderLocation, findThere } from "../../services/cinder/location.js";
import { markKey, markOf } from "../../services/cinder/marks.js";
import { settlePlanned } from "../../services/cinder/plan.js";
import { limitsOf } from "../limits.js";
import { type Life, refusal } from "../resource.js";
import type { BackendOutputs, BackendInputs as Inputs } from "./declaration.js";

type CinderInputs = NonNullable<Inputs["cinder"]>;
type Record = Inputs & BackendOutputs & { __location: CinderLocation & { typeId?: string } };

/** A Backend as a volume type of a Cinder, bound to the backend that serves it. */
export const backendWithCinder: Life<Inputs, Record> = {
  deleteBeforeReplace: false,

  async problems(identity, wanted, _asker, before) {
    if (hasUnknown([wanted.name, wanted.cloud, wanted.cinder])) return [];
    const wish = wishOf(wanted);
    planSpecs(identity.digest, specsOf(wish));
    if (before !== undefined && isDeepStrictEqual(before, wanted)) return [];
    if (before !== undefined && before.name === wanted.name) return [];
    const type = (await cinderOf(wanted.cloud).types.get()).find(({ name }) => name === wish.name);
    if (type === undefined) return wish.adopt ? [adoptsNothing(wish.name)] : [];
    planSpecs(identity.digest, { ...type.extra_specs, ...specsOf(wish) });
    // What a killed create of its own left is create's to take over, or to wait for.
    const isOwn = markOf({ metadata: type.extra_specs ?? {} })?.identity === identity.digest;
    return wish.adopt || isOwn ? [] : [{ property: "name", reason: taken(wish.name).message }];
  },

  async differing(olds, news, differences) {
    if (publicOf(olds) !== publicOf(news)) return differences;
    return differences.filter(({ path }) => path.join(".") !== "cinder.public");
  },

  async refuse(_identity, _id, olds, news, differences) {
    if (differences.some(({ change }) => change === "replace") || hasUnknown(news.cinder)) return;
    const cinder = cinderOf(olds.cloud);
    const type = await find(cinder, backendIdOf(olds.name), olds.__location);
    if (type === undefined) return;
    const { set, remove } = specChanges(type.extra_specs ?? {}, specsOf(wishOf(olds)), specsOf(wishOf(news)));
    const [key] = [...Object.keys(set), ...remove];
    if (key === undefined) return;
    const volumes = await volumesOf(cinder, type);
    if (volumes.length === 0) return;
    const property = key === "volume_backend_name" ? "cinder.volumeBackendName" : "cinder.extraSpecs";
    throw refusal(
      property,
      `cannot change ${key}: Cinder changes no extra specs of a volume type in use, and ${volumes.length} volume${volumes.length === 1 ? " has" : "s have"} it. Make a second Backend, and move the volumes to it (a retype)`,
    );
  },

  repair: () => "none",

  async create(identity, wanted) {
    const cinder = cinderOf(wanted.cloud);
    const wish = wishOf(wanted);
    const location = await cinder.client.location();
    const type = await makeType(cinder, identity, wish);
    const id = backendIdOf(type.name);
    try {
      if (wish.serviceHost !== undefined)
        await awaitService(cinder, wish.serviceHost, limitsOf(wanted, cinder).createMs);
      return { id, outputs: record(wanted, await seenType(cinder, type, wish.serviceHost), location) };
    } catch (error) {
      if (!BlockboxError.is(error)) throw error;
      const seen: SeenType = { type, state: "down", totalGib: undefined, services: [] };
      throw new PartlyMadeError(error, { resourceId: id, outputs: record(wanted, seen, location) });
    }
  },

  async read(_identity, id, recorded) {
    const cinder = cinderOf(recorded?.cloud);
    const type = await find(cinder, id, recorded?.__location);
    if (type === undefined) return undefined;
    const serviceHost = recorded?.cinder?.serviceHost;
    const seen = await seenType(cinder, type, serviceHost);
    const inputs = seenInputs(seen, recorded);
    const outputs = record(inputs, seen, await cinder.client.location());
    // As with volumes: what a program need not give stays out of its inputs as long as nothing has changed.
    return recorded && isAsRecorded(inputs, recorded) ? { outputs } : { inputs, outputs };
  },

  async update(_identity, id, olds, news) {
    const cinder = cinderOf(olds.cloud);
    const wish = wishOf(news);
    const type = await find(cinder, id, olds.__location);
    if (type === undefined)
      throw new BlockboxError("NOT_FOUND", `Volume type ${olds.name} has been deleted. Run \`pulumi refresh\`.`);
    const changed = await changeType(cinder, type, specsOf(wishOf(olds)), wish);
    if (wish.serviceHost !== undefined) await awaitService(cinder, wish.serviceHost, limitsOf(news, cinder).updateMs);
    return record(news, await seenType(cinder, changed, wish.serviceHost), await cinder.client.location());
  },

  async delete(identity, id, recorded) {
    const cinder = cinderOf(recorded.cloud);
    settlePlanned(cinder, identity.digest);
    const type = await find(cinder, id, recorded.__location);
    if (type === undefined || recorded.cinder?.adopt) return;
    await removeType(cinder, type, identity.stack, limitsOf(recorded, cinder).deleteMs);
  },
};

function find(cinder: Cinder, id: string, recorded: Record["__location"] | undefined) {
  const name = requireTypeOf(id);
  return findThere(cinder.client, recorded, `Volume type ${name}`, () => findOwnType(cinder, name, recorded?.typeId));
}

function adoptsNothing(name: string): Failure {
  return { property: "cinder.adopt", reason: `there is no volume type ${name} to adopt: see \`cinder type-list\`` };
}

/** Left out, it is true; but an adopted type stays as it is. */
function publicOf({ cinder }: Inputs): boolean | undefined {
  return cinder?.public ?? (cinder?.adopt ? undefined : true);
}

function wishOf(inputs: Inputs): TypeWish {
  const { name, cinder } = inputs;
  const { description, volumeBackendName, extraSpecs, serviceHost, adopt } = cinder ?? emptyInputs;
  const isPublic = publicOf(inputs);
  return {
    name,
    description,
    isPublic,
    volumeBackendName,
    extraSpecs,
    serviceHost,
    adopt,
  };
}

const emptyInputs: CinderInputs = { extraSpecs: {}, adopt: false };

/** Extra specs by owned keys, as with metadata. */
function seenInputs({ type }: SeenType, recorded: Record | undefined): Inputs {
  const specs = type.extra_specs ?? {};
  const { volume_backend_name: volumeBackendName, [markKey]: mark, ...others } = specs;
  const owned = recorded?.cinder?.extraSpecs;
  const extraSpecs = Object.fromEntries(Object.entries(others).filter(([key]) => owned === undefined || key in owned));
  const { cinder = { adopt: mark === undefined } } = recorded ?? {};
  // Of an adopted type, only what the program has said is its own.
  const owns = (stated: unknown) => !cinder.adopt || stated !== undefined;
  const { description: _d, volumeBackendName: _v, public: isPublic, ...kept } = cinder as CinderInputs;
  // Left out, it is true, but for an adopted type.
  const tellsPublic = isPublic !== undefined || recorded === undefined || (!cinder.adopt && type.is_public === false);
  return {
    ...inputsOf(recorded),
    name: type.name,
    cinder: {
      ...kept,
      extraSpecs,
      ...(type.description && owns(_d) ? { description: type.description } : {}),
      ...(volumeBackendName !== undefined && owns(_v) ? { volumeBackendName } : {}),
      ...(tellsPublic ? { public: type.is_public } : {}),
    },
  };
}

function isAsRecorded({ name, cinder }: Inputs, recorded: Record): boolean {
  return name === recorded.name && isDeepStrictEqual(cinder, recorded.cinder);
}

function inputsOf(recorded: Record | undefined): Inputs {
  const given = { cloud: recorded?.cloud, timeouts: recorded?.timeouts };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as Inputs;
}

function record(wanted: Inputs, seen: SeenType, location: CinderLocation): Record {
  return {
    ...wanted,
    kind: "cinder",
    volumeType: seen.type.name,
    state: seen.state,
    ...(seen.totalGib === undefined ? {} : { totalGib: seen.totalGib }),
    devices: [],
    services: seen.services,
    __location: { endpoint: location.endpoint, project: location.project, typeId: seen.type.id },
  };
}
