import type { CinderBackends } from "../functions/backends/declaration.js";
import { about, lacking, ok, warning } from "./check.js";
import { forAdministrators } from "./cinderServices.js";
import type { Check } from "./report.js";

type Found = NonNullable<CinderBackends["pools"]>[number];

const name = "pool";

/** Pools as the scheduler knows them, each with what is free. */
export function poolChecks(pools: CinderBackends["pools"]): Check[] {
  if (pools === undefined) return [forAdministrators(name)];
  if (pools.length === 0) {
    const advice =
      "Volume services report some seconds after their start. Ask again; then see the logs of cinder-volume.";
    return [lacking(name, "the scheduler knows of none", { advice })];
  }
  return pools.map((pool) => about(pool.name, poolCheck(pool)));
}

function poolCheck({ freeGib, totalGib, roomGib, volumeBackendName }: Found): Check {
  const free = freeGib === undefined ? "its driver does not tell what is free" : `${freeGib} GiB free`;
  const total = totalGib === undefined ? "" : ` of ${totalGib} GiB`;
  const backend = volumeBackendName === undefined ? "" : `; volume_backend_name ${volumeBackendName}`;
  const room = roomGib === undefined ? "" : `, room for ${roomGib} GiB of volumes`;
  const found = `${free}${total}${room}${backend}`;
  if (roomGib === undefined || roomGib > 0) return ok(name, found);
  return warning(name, found, { advice: "Make its storage larger, or delete what is no longer needed." });
}
