import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generate } from "./generate.js";

// `npm run schema`: writes what comes from the declarations. A test holds the files in step.
const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
for (const [path, content] of generate(projectFolder)) writeFileSync(`${projectFolder}/${path}`, content);
