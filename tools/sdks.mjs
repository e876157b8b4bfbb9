import { rmSync } from "node:fs";
import { join } from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/places.mjs";
import { prepare } from "./prepare.mjs";
import { languages, writeSdk } from "./steps/sdks.mjs";

/** Writes sdk/python, sdk/go and sdk/plugin anew from schema.json: npm run sdks. */
await runMain(async () => {
  const env = await prepare(["sdks"]);
  for (const language of languages) {
    const folder = join(root, "sdk", language);
    rmSync(folder, { recursive: true, force: true });
    await writeSdk(language, folder, env);
  }
});
