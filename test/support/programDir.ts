import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot, root } from "./paths.js";

/** Links the package and what it needs into a program's node_modules, as an install would. */
export async function linkPackage(dir: string, packageDir = packageRoot): Promise<void> {
  const modules = join(dir, "node_modules");
  await mkdir(join(modules, "@pulumi"), { recursive: true });
  await rm(join(modules, "pulumi-blockbox"), { force: true, recursive: true });
  await symlink(packageDir, join(modules, "pulumi-blockbox"));
  const plugin = join(modules, ".bin/pulumi-resource-blockbox");
  await mkdir(dirname(plugin), { recursive: true });
  await rm(plugin, { force: true });
  await symlink("../pulumi-blockbox/dist/provider/plugin/bin.js", plugin);
  await rm(join(modules, "@pulumi/pulumi"), { force: true, recursive: true });
  await symlink(join(root, "node_modules/@pulumi/pulumi"), join(modules, "@pulumi/pulumi"));
}

/** A fresh folder that a Pulumi program could live in. */
export async function makeProgramDir(packageDir?: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "bbt-program-"));
  await linkPackage(dir, packageDir);
  return dir;
}
