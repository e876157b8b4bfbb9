import { z } from "zod";
import { BlockboxError } from "../../../errors.js";
import { parseEndpoint } from "./endpoint.js";
import type { KeystonePlan } from "./keystonePlan.js";

export const catalogueSchema = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(
      z.object({
        interface: z.string(),
        url: z.string(),
        region: z.string().nullish(),
        region_id: z.string().nullish(),
      }),
    ),
  }),
);

type Catalogue = z.infer<typeof catalogueSchema>;

/** OpenStack's words for block storage, the official one first; `volume` and `volumev2` were of older APIs. */
const types = ["block-storage", "volumev3", "block-store", "volume"];

/**
 * Cinder's endpoint in a catalogue. Throws CONFIG_INVALID where there is none of the wanted region and interface, or
 * where several regions have one and none is named: a volume in the wrong region is found by nobody.
 */
export function endpointFrom(catalogue: Catalogue, plan: Pick<KeystonePlan, "region" | "interface">): string {
  const offered = types.flatMap((type) =>
    catalogue
      .filter((service) => service.type === type)
      .flatMap(({ endpoints }) => endpoints.map((endpoint) => ({ ...endpoint, type, region: regionOf(endpoint) }))),
  );
  const fitting = offered
    .filter((endpoint) => endpoint.interface.replace(/URL$/, "") === plan.interface)
    .filter(({ region }) => plan.region === undefined || region === plan.region)
    // An endpoint of another version is no reason to refuse the catalogue.
    .filter(({ type, url }) => type !== "volume" || /\/v3(\/|$)/.test(url));
  const [first] = fitting;
  if (first === undefined) {
    const all = offered.map((one) => `${one.type} ${one.interface} in ${one.region || "no region"}`).join("; ");
    const where = plan.region === undefined ? "" : ` in the region ${plan.region}`;
    throw new BlockboxError(
      "CONFIG_INVALID",
      `Keystone's catalogue has no ${plan.interface} endpoint of block storage${where}. It has: ${all || "none at all"}. Set region, interface or endpoint.`,
    );
  }
  const regions = [...new Set(fitting.map(({ region }) => region))];
  if (regions.length > 1) {
    throw new BlockboxError(
      "CONFIG_INVALID",
      `Keystone's catalogue has block storage in several regions: ${regions.join(", ")}. Set region (OS_REGION_NAME).`,
    );
  }
  return parseEndpoint(first.url, "In Keystone's catalogue, the endpoint").url;
}

function regionOf({ region, region_id }: Catalogue[number]["endpoints"][number]): string {
  return region_id ?? region ?? "";
}
