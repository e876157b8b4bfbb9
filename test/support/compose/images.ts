import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { baseEnvironment } from "../../../tools/lib/environment.mjs";
import { whileLocked } from "../../../tools/lib/lock.mjs";
import { cacheDir } from "../../../tools/lib/places.mjs";
import { makeWhole } from "../../../tools/lib/whole.mjs";
import { dockerBase } from "../../../tools/steps/dockerBase.mjs";
import { root } from "../paths.js";
import { startEngine } from "./engine.js";

const exec = promisify(execFile);
const example = join(root, "examples/block-box");
const prefix = "block-box-images-";

/** A file with the images that examples/block-box makes; they are made once for all that goes into them. */
export async function imagesOfBlockBox(): Promise<string> {
  const folder = join(cacheDir, prefix + digestOfInputs());
  await whileLocked(cacheDir, baseEnvironment(), async () => {
    if (existsSync(folder)) return;
    // Each takes more than a gigabyte.
    for (const name of readdirSync(cacheDir))
      if (name.startsWith(prefix)) rmSync(join(cacheDir, name), { recursive: true });
    await makeWhole(folder, (unfinished) => build(join(unfinished, "images.tar")));
  });
  return join(folder, "images.tar");
}

async function build(file: string): Promise<void> {
  const engine = await startEngine("host");
  try {
    await engine.docker("import", dockerBase(), "bbt-base");
    const files = [
      join(example, "compose.yml"),
      join(example, "compose.keystone.yml"),
      join(root, "test/compose/build.yml"),
    ].flatMap((path) => ["--file", path]);
    const options = { env: { ...process.env, ...engine.env }, maxBuffer: 2 ** 26, timeout: 15 * 60_000 };
    await exec("docker-compose", [...files, "build"], options);
    const names = (await engine.docker("images", "--format", "{{.Repository}}")).split("\n");
    await engine.docker("save", "--output", file, ...new Set(names.filter((name) => name.startsWith("block-box-"))));
  } finally {
    await engine.clear();
  }
}

function digestOfInputs(): string {
  const hash = createHash("sha256").update(dockerBase());
  const inputs = [join(example, "image"), join(root, "test/compose/build.yml")];
  const files = inputs.flatMap((path) =>
    statSync(path).isFile() ? [path] : readdirSync(path).map((name) => join(path, name)),
  );
  for (const file of files.sort()) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 8);
}
