type Specs = Readonly<Record<string, string>>;

/** Extra specs of the volume types that Backends of this deployment will have, by identity: their volumes are judged by them. */
const planned = new Map<string, Specs>();

export function planSpecs(backend: string, specs: Specs): void {
  planned.set(backend, specs);
}

export function plannedSpecs(backend: string | undefined): Specs | undefined {
  return backend === undefined ? undefined : planned.get(backend);
}
