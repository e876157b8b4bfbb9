import { setTimeout as sleep } from "node:timers/promises";
import { throwIfCancelled } from "../../../cancellation.js";
import { BlockboxError } from "../../../errors.js";
import { notice } from "../../../host/notice.js";
import { listPools, listVolumeServices } from "../api/services.js";
import type { Cinder } from "../cinder.js";

const everyMs = 500;
const tellAfterMs = 3_000;

/** Waits until a volume service is up and its pool has reported: a volume that is made before that goes to `error`. */
export async function awaitService({ client, pools }: Cinder, host: string, limitMs: number): Promise<void> {
  const beganAt = performance.now();
  for (let told = false; ; ) {
    const [service, hasPool] = await Promise.all([
      listVolumeServices(client).then((all) => all.find((one) => one.host === host)),
      listPools(client).then((all) => all.some(({ name }) => name.startsWith(`${host}#`))),
    ]);
    pools.forget();
    if (service?.state === "up" && hasPool) return;
    const waitedMs = performance.now() - beganAt;
    const fault =
      service === undefined ? "has not registered" : service.state === "up" ? "has not reported a pool" : "is down";
    throwIfCancelled(`the volume service ${host}, which ${fault}`);
    if (waitedMs > limitMs) {
      throw new BlockboxError(
        "TIMED_OUT",
        `The volume service ${host} ${fault} after ${Math.round(limitMs / 1000)} s. See \`cinder service-list\` and the log of its cinder-volume, then run again.`,
      );
    }
    if (!told && waitedMs > tellAfterMs) {
      notice(`waiting for the volume service ${host}, which ${fault}`);
      told = true;
    }
    await sleep(everyMs);
  }
}
