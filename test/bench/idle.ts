import { rm } from "node:fs/promises";
import { makeProgramDir } from "../support/programDir.js";
import { type Provider, startProvider } from "../support/provider.js";
import type { Props } from "../support/rpc.js";

/** A provider that answers the same calls and does nothing. */
const text = `exports.handler = () => ({
  check: async (olds, news) => ({ inputs: news }),
  diff: async () => ({ changes: false }),
  read: async (id, props) => ({ id, props }),
});`;

/** Runs something with a process of it; `idly` makes properties its own. */
export async function withIdle<T>(body: (provider: Provider, idly: (props: Props) => Props) => Promise<T>): Promise<T> {
  const cwd = await makeProgramDir();
  const provider = await startProvider({ cwd });
  try {
    return await body(provider, (props) => ({ ...props, __provider: text }));
  } finally {
    await provider.stop();
    await rm(cwd, { recursive: true, force: true });
  }
}
