import { run } from "../../provider/host/command.js";
import { withLock } from "../../provider/host/lock.js";
import type { Tool } from "../../provider/host/tools.js";

/** A process that runs one command under a lock: lockHolder.ts LOCK PURPOSE TOOL ARGUMENT… */
const [name = "", purpose = "", tool = "lvm", ...args] = process.argv.slice(2);
await withLock(name, purpose, async (lock) => {
  process.stdout.write("held\n");
  await run(tool as Tool, args, { lock });
});
