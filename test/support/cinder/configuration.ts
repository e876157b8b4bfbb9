import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

type Section = Record<string, string | number | boolean | undefined>;
export type Sections = Record<string, Section>;

/** A file as oslo.config reads it. */
export async function writeConfiguration(file: string, sections: Sections): Promise<string> {
  const text = Object.entries(sections).map(([name, section]) => {
    const lines = Object.entries(section).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]));
    return [`[${name}]`, ...lines, ""].join("\n");
  });
  await writeFile(file, text.join("\n"));
  return file;
}

/** The folders that Cinder expects in its state path. */
export async function makeStateFolders(state: string): Promise<void> {
  for (const name of ["volumes", "conversion", "coordination", "lock", "mnt", "faults"])
    await mkdir(join(state, name), { recursive: true });
}
