type Properties = Record<string, unknown>;

const hiddenInputs = ["__urn", "__backend", "__deletesFirst"] as const;

/** The inputs that a program gives; one that is null is not given. */
export function visible(properties: Properties): Properties {
  const given = Object.entries(properties).filter(([name, value]) => !name.startsWith("__") && value !== null);
  return Object.fromEntries(given);
}

/** The inputs that only this door needs, as far as they are given. `__provider` is put back by Pulumi's own process. */
export function hidden(properties: Properties): Properties {
  return Object.fromEntries(
    hiddenInputs.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** Outputs as state holds them, without what only this door needs; a stack may have gone on with the plugin since. */
export function recorded({ __provider, ...outputs }: Properties): Properties {
  return Object.fromEntries(
    Object.entries(outputs).filter(([name]) => !hiddenInputs.some((hidden) => hidden === name)),
  );
}
