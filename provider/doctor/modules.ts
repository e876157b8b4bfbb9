import type { Remedy } from "./check.js";

/** Why a module of the kernel is not to be had. */
export function noModule(module: string): string {
  return `this kernel has no ${module}, neither loaded nor as a module that is seen here`;
}

/** A module that modprobe does not find is another kernel's matter. */
export function loading(module: string): Remedy {
  return {
    command: `modprobe ${module}`,
    advice: "In a container: on its host. Where that finds no such module: boot a kernel that has it.",
  };
}
