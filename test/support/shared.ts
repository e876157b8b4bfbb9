import { endsWithin, type Provider } from "./provider.js";

/** Providers that deployments of this process have let go of, by what they are like. */
const idle = new Map<string, Provider[]>();

/**
 * A provider process that goes on to the next deployment when one stops it: for the guest, where the start of one takes
 * 3 s. The native tests, which are the same, have one per operation as the engine does.
 */
export async function takeShared(key: string, start: () => Promise<Provider>): Promise<Provider> {
  const provider = (await alive(idle.get(key) ?? [])) ?? (await start());
  const before = provider.stderr().length;
  let hasMade = false;
  return {
    ...provider,
    stderr: () => provider.stderr().slice(before),
    create(...args) {
      hasMade = true;
      return provider.create(...args);
    },
    async stop() {
      // Its orderly end takes the marks off what it made.
      if (hasMade) return provider.stop();
      provider.keepAlive(false);
      idle.set(key, [...(idle.get(key) ?? []), provider]);
    },
  };
}

async function alive(providers: Provider[]): Promise<Provider | undefined> {
  for (let provider = providers.pop(); provider !== undefined; provider = providers.pop()) {
    // From here on it is waited for, if only to see whether it has ended.
    provider.keepAlive(true);
    if (provider.engine.isAlive() && !(await endsWithin(provider.exited, 0))) return provider;
    await provider.stop();
  }
  return undefined;
}
