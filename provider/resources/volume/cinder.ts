import type { Life } from "../resource.js";

export const volumeWithCinder = undefined as unknown as Life<never, never>;
