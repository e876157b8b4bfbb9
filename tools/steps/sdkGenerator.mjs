import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, root } from "../lib/places.mjs";
import { quiet } from "../lib/quiet.mjs";
import { step } from "../lib/step.mjs";
import { makeWhole } from "../lib/whole.mjs";
import { bringGo, goEnvironment } from "./go.mjs";

const source = join(root, "tools/toolchain/go/sdks");

/** Ends in a digest of what it is built from, so that another checkout's is not taken for ours. */
const folder = join(cacheDir, `sdks-${sourceDigest()}`);

/** The program that writes a language's package from schema.json. */
export const sdkGenerator = join(folder, "sdks");

/**
 * Builds Pulumi's generators of packages, which are in the Go modules of its CLI.
 * @param {import("../lib/environment.mjs").Environment} env
 */
export async function bringSdkGenerator(env) {
  if (existsSync(folder)) return;
  const go = await bringGo(env);
  await step("Generators of SDKs: building from Go modules (once)", () =>
    makeWhole(folder, async (made) => {
      await quiet(go.program, ["build", "-trimpath", "-mod=readonly", "-o", join(made, "sdks"), "."], {
        cwd: source,
        env: goEnvironment(go, env),
        timeoutMs: 20 * 60_000,
        what: "build the generators of SDKs",
      });
    }),
  );
}

function sourceDigest() {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(source, file)));
  return hash.digest("hex").slice(0, 8);
}
