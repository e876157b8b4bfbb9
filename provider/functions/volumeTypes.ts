import { z } from "zod";
import { boolean, listOf, mapOf, object, plainText } from "../declaration/type.js";
import { always, cloud, maybe } from "./declaration.js";
import { functionOf } from "./function.js";

const volumeType = object("FoundVolumeType", {
  id: always(plainText, "Cinder's UUID of it."),
  name: always(plainText, "Its name."),
  backend: always(plainText, "Id of it as a Backend: `cinder:<volume type>`."),
  description: maybe(plainText, "Its description."),
  public: maybe(boolean(), "Whether every project may use it."),
  extraSpecs: maybe(
    mapOf(plainText, z.string()),
    "Its extra specs, as far as we may see them; blockbox's own are left out.",
  ),
});

const declaration = {
  name: "getVolumeTypes",
  doc: "The volume types of Cinder that the project may see, in the order of their names.",
  inputs: { cloud },
  outputs: { volumeTypes: always(listOf(volumeType), "The volume types.") },
};

export const getVolumeTypes = functionOf(declaration, async ({ cloud }) => {
  const [{ listTypes }, { cinderClient }, { backendIdOf }, { ownMetadata }] = await Promise.all([
    import("../services/cinder/api/types.js"),
    import("../services/cinder/client/client.js"),
    import("../services/cinder/ids.js"),
    import("../services/cinder/metadataChange.js"),
  ]);
  const types = await listTypes(cinderClient(cloud));
  const seen = types.map(({ id, name, description, is_public, extra_specs }) => ({
    id,
    name,
    backend: backendIdOf(name),
    description: description ?? undefined,
    public: is_public,
    extraSpecs: extra_specs && ownMetadata(extra_specs, undefined),
  }));
  return { volumeTypes: seen.sort((a, b) => (a.name < b.name ? -1 : 1)) };
});
