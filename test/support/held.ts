import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder } from "./cleanup.js";
import { within } from "./guest.js";
import { pathWith, shim } from "./shim.js";
import { until } from "./until.js";
import { isRunning } from "./watchers.js";

/** A stand-in for one of the host's programs that stands still before it does its work, until it is let go. */
export interface Held {
  /** PATH for the process that shall meet it. */
  readonly path: string;
  /** Waits until it stands still. */
  untilHeld(): Promise<void>;
  /** Lets it do its work, or end without having done it. Waits until it has ended. */
  letGo(how: "work" | "fail"): Promise<void>;
  /** Whether it runs and stands still. */
  isHeld(): boolean;
  /** Removes its files, so that a folder is as it was. */
  remove(): Promise<void>;
}

/**
 * Holds `program` when `when` (of sh, with the program's arguments) is true; runs `first` (of sh) before. It ends by
 * itself when its folder, in `parent`, is removed. It says nothing: whoever would read it may be dead, which would kill it.
 */
export async function hold(parent: string, program: string, when = "true", first = ":"): Promise<Held> {
  const folder = join(parent, `held-${program}`);
  mkdirSync(folder);
  const file = (name: string) => join(folder, name);
  const wait = `${first}; : > ${file("held")}; echo $$ > ${file("pid")}; until [ -e ${file("work")} ] || [ -e ${file("fail")} ] || [ ! -e ${file("held")} ]; do sleep 0.05; done; [ -e ${file("work")} ] || exit 1`;
  const work = `"$real" "$@" >/dev/null 2>&1; code=$?; : > ${file("done")}; exit $code`;
  const stand = await shim(folder, program, `if ${when}; then ${wait}; ${work}; fi; exec "$real" "$@"`);
  const has = (name: string) => existsSync(file(name));
  const runs = () => isRunning(Number(readFileSync(file("pid"), "utf8")));
  const isHeld = () => has("pid") && !has("work") && !has("fail") && runs();
  return {
    path: pathWith(stand),
    untilHeld: () => until(`${program} has begun`, isHeld, { limitMs: within(20_000) }),
    isHeld,
    async letGo(how) {
      writeFileSync(file(how), "");
      // It writes to its folder up to its end: who removes that earlier finds it not empty.
      await until(`${program} has ended`, () => !runs());
      assert.ok(how === "fail" || has("done"), `${program} has ended without having done its work`);
    },
    remove: () => removeFolder(folder),
  };
}
