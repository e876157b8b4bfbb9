import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromPackage, packageRoot, root } from "./paths.js";

const { bin: commands } = fromPackage("./package.json") as { bin: Record<string, string> };

/** Links the package and what it needs into a program's node_modules, as an install would. */
export async function linkPackage(dir: string, packageDir = packageRoot): Promise<void> {
  const modules = join(dir, "node_modules");
  await mkdir(join(modules, "@pulumi"), { recursive: true });
  await rm(join(modules, "pulumi-blockbox"), { force: true, recursive: true });
  await symlink(packageDir, join(modules, "pulumi-blockbox"));
  await mkdir(join(modules, ".bin"), { recursive: true });
  for (const [name, program] of Object.entries(commands)) {
    const link = join(modules, ".bin", name);
    await rm(link, { force: true });
    await symlink(join("../pulumi-blockbox", program), link);
  }
  await rm(join(modules, "@pulumi/pulumi"), { force: true, recursive: true });
  await symlink(join(root, "node_modules/@pulumi/pulumi"), join(modules, "@pulumi/pulumi"));
}

/** A fresh folder that a Pulumi program could live in. */
export async function makeProgramDir(packageDir?: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "bbt-program-"));
  await linkPackage(dir, packageDir);
  return dir;
}
