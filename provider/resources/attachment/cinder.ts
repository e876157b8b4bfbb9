import type { Life } from "../resource.js";

export const attachmentWithCinder = undefined as unknown as Life<never, never>;
