import { bringPackages, lackingOf } from "./debianPackages.mjs";

/** @type {Record<string, readonly string[]>} Debian's packages and their programs that tests in containers need */
const programsOf = {
  "docker.io": ["docker", "dockerd", "containerd"],
  runc: ["runc"],
  tini: ["tini"],
  "docker-compose": ["docker-compose"],
  debootstrap: ["debootstrap"],
  iproute2: ["ip"],
};

/** @param {import("../lib/environment.mjs").Environment} env */
export const lackingDockerPackages = (env) => lackingOf(programsOf, {}, env);

/** @param {import("../lib/environment.mjs").Environment} env */
export const bringDockerPackages = (env) => bringPackages(lackingDockerPackages, env);
