import { join } from "node:path";
import { runGroup } from "./lib/children.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { root } from "./lib/places.mjs";
import { prepare, requireFitMachine } from "./prepare.mjs";

const limitMs = 60 * 60_000;

/** What each bench needs; its program is test/bench/<name>/main.ts. @type {Readonly<Record<string, readonly import("./prepare.mjs").Need[]>>} */
const benches = { cinder: ["dist", "pulumi", "cinder"] };

// `npm run bench cinder`; words behind it choose among its figures.
await runMain(async () => {
  const [name = "", ...words] = process.argv.slice(2);
  const needs = benches[name];
  if (needs === undefined)
    throw new Failure(`Say which bench: npm run bench ${Object.keys(benches).join(", npm run bench ")}.`);
  requireFitMachine(needs);
  const env = await prepare(needs);
  const program = join(root, "test/bench", name, "main.ts");
  const end = await runGroup("node", ["--import", "tsx", program, ...words], {
    cwd: root,
    env,
    timeoutMs: limitMs,
    inherit: true,
  });
  return end.code;
});
