import { boolean, listOf, object, plainText } from "../declaration/type.js";
import { always, cloud } from "./declaration.js";
import { functionOf } from "./function.js";

const zone = object("FoundAvailabilityZone", {
  name: always(plainText, "Name of the availability zone."),
  available: always(boolean(), "Whether volumes can be made in it."),
});

const declaration = {
  name: "getAvailabilityZones",
  doc: "The availability zones of Cinder, in the order of their names.",
  inputs: { cloud },
  outputs: { availabilityZones: always(listOf(zone), "The availability zones.") },
};

export const getAvailabilityZones = functionOf(declaration, async ({ cloud }) => {
  const [{ listZones }, { cinderClient }] = await Promise.all([
    import("../services/cinder/api/services.js"),
    import("../services/cinder/client/client.js"),
  ]);
  const zones = await listZones(cinderClient(cloud));
  const seen = zones.map(({ zoneName, zoneState }) => ({ name: zoneName, available: zoneState.available }));
  return { availabilityZones: seen.sort((a, b) => (a.name < b.name ? -1 : 1)) };
});
