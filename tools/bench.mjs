import { join } from "node:path";
import { runInGuest } from "./guest/boot.mjs";
import { runGroup } from "./lib/children.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { root } from "./lib/places.mjs";
import { prepare, requireFitMachine } from "./prepare.mjs";

const limitMs = 60 * 60_000;

/**
 * What each bench needs; its program is test/bench/<name>/main.ts, run in the guest where it needs that.
 * @type {Readonly<Record<string, readonly import("./prepare.mjs").Need[]>>}
 */
const benches = {
  cinder: ["dist", "pulumi", "cinder"],
  lvm: ["host", "dist", "pulumi"],
  thin: ["host", "dist", "pulumi", "guest"],
  plugin: ["dist"],
  iscsi: ["host", "dist", "cinder", "guest"],
};

// `npm run bench cinder`, `npm run bench lvm` and so on; words behind it choose among its figures.
await runMain(async () => {
  const [name = "", ...words] = process.argv.slice(2);
  const needs = benches[name];
  if (needs === undefined)
    throw new Failure(`Say which bench: npm run bench ${Object.keys(benches).join(", npm run bench ")}.`);
  requireFitMachine(needs);
  const env = await prepare(needs);
  const program = join(root, "test/bench", name, "main.ts");
  const command = ["--import", "tsx", program, ...words];
  const options = { cwd: root, env, timeoutMs: limitMs, inherit: true };
  const end = needs.includes("guest")
    ? await runInGuest(["node", ...command], { ...options, env: { ...env, BLOCKBOX_GUEST: "1" } })
    : await runGroup("node", command, options);
  if (end.timedOut) throw new Failure(`The bench was not done after ${limitMs / 60_000} minutes.`);
  return end.code;
});
