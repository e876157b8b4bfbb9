import { parseArgs } from "node:util";
import { conclude, type Figure } from "../figures.js";
import { measure } from "../parts.js";
import { createFigures } from "./create.js";
import { memoryFigures } from "./memory.js";
import { previewFigures } from "./preview.js";

// npm run bench lvm; one part of it: npm run bench lvm preview
const { positionals } = parseArgs({ allowPositionals: true });
const parts: Record<string, () => Promise<Figure[]>> = {
  create: () => createFigures([20, 100], 3),
  preview: () => previewFigures(200, 5),
  memory: () => memoryFigures(200, 5),
};
process.stdout.write("This host's lvm2 in loop activation, on sparse loop files.\n\n");
conclude(await measure(parts, positionals));
