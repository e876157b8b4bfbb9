import type { Life } from "../resource.js";

export const backendWithCinder = undefined as unknown as Life<never, never>;
