import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { BlockboxError } from "../../../errors.js";

type Entry = Readonly<Record<string, unknown>>;

/** One entry of clouds.yaml, with what secure.yaml adds to it. */
export interface Cloud {
  readonly path: string;
  readonly entry: Entry;
}

/** The entry of that name. Throws CONFIG_INVALID where there is none, or a file cannot be read. */
export function readCloud(name: string): Cloud {
  const path = findFile("clouds", process.env.OS_CLIENT_CONFIG_FILE);
  if (path === undefined) {
    throw new BlockboxError(
      "CONFIG_INVALID",
      `The cloud "${name}" (blockbox:cloud, OS_CLOUD or a resource's cloud) is not described: there is no clouds.yaml. Looked for it in ${folders().join(", ")}.`,
    );
  }
  const clouds = cloudsIn(path);
  const entry = record(clouds[name]);
  if (entry === undefined) {
    throw new BlockboxError(
      "CONFIG_INVALID",
      `${path} has no cloud "${name}". It has: ${Object.keys(clouds).join(", ") || "none"}.`,
    );
  }
  const secure = findFile("secure", process.env.OS_CLIENT_SECURE_FILE);
  return { path, entry: secure === undefined ? entry : merged(entry, record(cloudsIn(secure)[name]) ?? {}) };
}

/** The names in the clouds.yaml of this place, for a hint; undefined where there is none that can be read. */
export function cloudsHere(): { path: string; names: string[] } | undefined {
  const path = findFile("clouds", process.env.OS_CLIENT_CONFIG_FILE);
  try {
    return path === undefined ? undefined : { path, names: Object.keys(cloudsIn(path)) };
  } catch {
    return undefined;
  }
}

/** The first that exists, as for OpenStack's own clients. */
function findFile(kind: string, named: string | undefined): string | undefined {
  const names = ["yaml", "yml", "json"].map((suffix) => `${kind}.${suffix}`);
  const paths = folders().flatMap((folder) => names.map((name) => join(folder, name)));
  return [...(named ? [named] : []), ...paths].find((path) => existsSync(path));
}

function folders(): string[] {
  const { XDG_CONFIG_HOME, XDG_CONFIG_DIRS } = process.env;
  const home = join(homedir(), ".config");
  const systems = (XDG_CONFIG_DIRS || "/etc/xdg").split(":");
  const roots = [XDG_CONFIG_HOME || home, home, ...systems, "/etc"].map((root) => join(root, "openstack"));
  return [...new Set([process.cwd(), ...roots])];
}

function cloudsIn(path: string): Entry {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new BlockboxError("CONFIG_INVALID", `${path} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return record(record(parse(text))?.clouds) ?? {};
  } catch (error) {
    // The parser quotes the lines around the mistake, which may hold a password.
    const { linePos } = error as { linePos?: [{ line: number }] };
    const line = linePos === undefined ? "" : ` near line ${linePos[0].line}`;
    throw new BlockboxError("CONFIG_INVALID", `${path} is no YAML that can be read${line}.`);
  }
}

function merged(lower: Entry, upper: Entry): Entry {
  const pairs = Object.entries(upper).map(([key, value]) => {
    const [below, above] = [record(lower[key]), record(value)];
    return [key, below !== undefined && above !== undefined ? merged(below, above) : value];
  });
  return { ...lower, ...Object.fromEntries(pairs) };
}

function record(value: unknown): Entry | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Entry) : undefined;
}
