import { BlockboxError } from "../errors.js";
import { poolsOf, servicesOf } from "../functions/backends/cinder.js";
import { type CinderClient, cinderClient } from "../services/cinder/client/client.js";
import { microversions } from "../services/cinder/client/discovery.js";
import { ok } from "./check.js";
import { cinderFault } from "./cinderFault.js";
import { poolChecks } from "./cinderPools.js";
import { serviceChecks } from "./cinderServices.js";
import { machineIdCheck } from "./host.js";
import type { Check } from "./report.js";

/** A Cinder, where the provider itself would look for it. What stands behind a fault is not asked any more. */
export async function examineCinder(): Promise<Check[]> {
  const checks = [machineIdCheck()];
  try {
    for await (const check of answers(cinderClient())) checks.push(check);
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    checks.push(cinderFault(error));
  }
  return checks;
}

async function* answers(client: CinderClient): AsyncGenerator<Check> {
  const { endpoint, project } = await client.location();
  yield ok("configuration", `${endpoint}, project ${project}`);
  const spoken = await client.microversion();
  yield ok("reachable", `${endpoint} answers`);
  const { oldest, newest } = microversions;
  yield ok("microversion", `${spoken} is spoken; blockbox knows ${oldest} to ${newest}`);
  const services = await servicesOf(client);
  yield ok("credentials", "accepted");
  yield* serviceChecks(services);
  yield* poolChecks(await poolsOf(client));
}
