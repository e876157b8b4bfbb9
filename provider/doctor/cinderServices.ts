import type { CinderBackends } from "../functions/backends/declaration.js";
import { about, lacking, ok, warning } from "./check.js";
import type { Check } from "./report.js";

type Found = NonNullable<CinderBackends["services"]>[number];

const name = "volume service";

/** Without one that is up and enabled no volume is made. */
export function serviceChecks(services: CinderBackends["services"]): Check[] {
  if (services === undefined) return [forAdministrators(name)];
  if (services.length === 0) {
    const advice = "Start cinder-volume where the storage is, and wait until it has reported.";
    return [lacking(name, "no volume service has ever reported", { advice })];
  }
  const worse = services.some((service) => faultOf(service) === undefined) ? warning : lacking;
  return services.map((service) => {
    const fault = faultOf(service);
    return about(service.host, fault === undefined ? ok(name, "up") : worse(name, fault.found, fault.remedy));
  });
}

function faultOf({ host, state, enabled }: Found) {
  const machine = host.split("@")[0];
  if (state === "down") {
    const advice = `On ${machine}; where it runs in a container, start that.`;
    return {
      found: "down: it has not reported lately",
      remedy: { command: "systemctl restart cinder-volume", advice },
    };
  }
  if (enabled) return undefined;
  return { found: "up, but disabled", remedy: { command: `cinder service-enable ${host} cinder-volume` } };
}

/** What Cinder keeps from everybody else. */
export function forAdministrators(what: string): Check {
  const advice = "Ask as one to see it.";
  return warning(what, "not told: Cinder tells it to administrators only", { advice });
}
