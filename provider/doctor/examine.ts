import { otherSystem } from "./host.js";
import type { Check, Report, ServiceName, ServiceReport } from "./report.js";
import { serviceNames } from "./report.js";

/** A service's own checks are loaded when it is asked about. `timeoutMs`: for each question to another program. */
const examiners: Readonly<Record<ServiceName, (timeoutMs: number) => Promise<Check[]>>> = {
  lvm: async () => (await import("./lvm.js")).examineLvm(),
  iscsi: async () => (await import("./iscsi.js")).examineIscsi(),
  target: async () => (await import("./target.js")).examineTarget(),
  docker: async (timeoutMs) => (await import("./docker.js")).examineDocker(timeoutMs),
  cinder: async () => (await import("./cinder.js")).examineCinder(),
};

/** Of these a program needs one; the others are for what some programs do beside. */
const eitherOf: readonly ServiceName[] = ["lvm", "cinder"];

/** What this host has and lacks for the services that are asked about, or for all. Changes nothing. */
export async function examine(asked: readonly ServiceName[], timeoutMs: number): Promise<Omit<Report, "version">> {
  const names = serviceNames.filter((name) => asked.length === 0 || asked.includes(name));
  const services = await Promise.all(names.map((name) => examineOne(name, timeoutMs)));
  const isUsable = ({ usable }: ServiceReport) => usable;
  const usable =
    asked.length > 0 ? services.every(isUsable) : services.filter(({ name }) => eitherOf.includes(name)).some(isUsable);
  return { format: 1, usable, services };
}

async function examineOne(name: ServiceName, timeoutMs: number): Promise<ServiceReport> {
  const other = name === "docker" ? undefined : otherSystem();
  const checks = other === undefined ? await examiners[name](timeoutMs) : [other];
  return { name, usable: checks.every(({ state }) => state !== "lacking"), checks };
}
