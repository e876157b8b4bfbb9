import type { Life } from "../resource.js";

export const snapshotWithCinder = undefined as unknown as Life<never, never>;
