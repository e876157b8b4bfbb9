/** Reads a setting of the program's configuration, by its key without the package's name. */
export type ReadSetting = (key: string) => string | undefined;

let current: ReadSetting = () => undefined;

/** Given by a door before any request. It takes effect at once: Pulumi may send requests without waiting for more. */
export function configure(read: ReadSetting): void {
  current = read;
}

export function configuration(): ReadSetting {
  return current;
}
