import { faultOfDeviceMapper, hasDeviceMapper, hasThinPools } from "../../../host/kernel.js";
import { findTool, installCommand } from "../../../host/tools.js";
import type { BackendFacts, BackendWish, Problem } from "../../service.js";

export type Way = BackendFacts["activation"];

/** How volumes become devices: `auto` is as the group has it, and for a new one whatever this kernel can. */
export function wayOf({ activation }: Pick<BackendWish, "activation">, current?: Way): Way {
  if (activation !== "auto") return activation;
  return current ?? (hasDeviceMapper() ? "deviceMapper" : "loop");
}

/** Whether a group is to have a thin pool; left out, it stays as it is, and a new one has one where the kernel can. */
export function wantsPool({ thinPool, adopt }: BackendWish, way: Way, current?: boolean): boolean {
  if (thinPool !== undefined) return thinPool !== false;
  return current ?? (!adopt && way === "deviceMapper" && hasThinPools());
}

/** What this kernel and host have against volumes that become devices like that. */
export function wayProblems(wish: BackendWish, way: Way, hasPool: boolean): Problem[] {
  const unfit = faultOfDeviceMapper();
  if (way === "deviceMapper" && unfit !== undefined) return [noDeviceMapper(unfit)];
  if (!hasPool) return [];
  const fault = (reason: string): Problem[] => [{ property: "lvm.thinPool", reason }];
  if (way === "loop") {
    const because = unfit === undefined ? "and this group's volumes" : `${unfit}; without it volumes`;
    return fault(
      `needs device-mapper, ${because} become devices by loop devices (lvm.activation). Leave it out, or set it to false`,
    );
  }
  if (!hasThinPools())
    return fault("needs dm-thin, which this kernel lacks: `modprobe dm-thin-pool`, or set it to false");
  if (findTool("thin_check") !== undefined) return [];
  const given = wish.thinPool === undefined ? ", or set it to false" : "";
  return fault(
    `needs the program thin_check, which this host lacks and without which lvm activates no pool: \`${installCommand("thin_check")}\`${given}`,
  );
}

/** For a group that device-mapper activates, where it cannot be used. */
export function noDeviceMapper(fault: string): Problem {
  return {
    property: "lvm.activation",
    reason: `is by device-mapper, ${fault}, or set it to loop, which can show volumes that are one linear piece`,
  };
}
