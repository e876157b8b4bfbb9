import { readFileSync } from "node:fs";
import { functions } from "../functions/index.js";
import { resources } from "../resources/index.js";
import { errorsPage } from "./errorsPage.js";
import { chosenExample, foldedExample, readExample } from "./examples.js";
import { indexPage } from "./indexPage.js";
import { packageSchema } from "./packageSchema.js";
import { configurationPage, functionsPage, resourcePage } from "./pages.js";
import { typescriptClass, typescriptSharedTypes } from "./typescript.js";
import { typescriptFunctions } from "./typescriptFunctions.js";

/** Everything that is written from the declarations: file contents, by path from the project's folder. */
export function generate(projectFolder: string): Map<string, string> {
  const declarations = Object.values(resources).map(({ declaration }) => declaration);
  const asked = Object.values(functions).map(({ declaration }) => declaration);
  const manifest = JSON.parse(readFileSync(`${projectFolder}/package.json`, "utf8"));
  const exampleOf = (name: string) => foldedExample(readExample(projectFolder, name));
  return new Map([
    ["schema.json", `${JSON.stringify(packageSchema(manifest, declarations, asked), undefined, 2)}\n`],
    ["docs/_index.md", indexPage(declarations, asked, chosenExample(readExample(projectFolder, "overview")))],
    ["docs/errors.md", errorsPage()],
    ["docs/functions.md", functionsPage(asked, exampleOf("functions"))],
    ["docs/installation-configuration.md", configurationPage()],
    ...declarations.map((declaration) => {
      const name = declaration.name.toLowerCase();
      return [`docs/${name}.md`, resourcePage(declaration, exampleOf(name))] as const;
    }),
    ["sdk/nodejs/functions.ts", typescriptFunctions(asked)],
    ["sdk/nodejs/types.ts", typescriptSharedTypes(declarations)],
    ...declarations.map(
      (declaration) =>
        [`sdk/nodejs/${declaration.name.toLowerCase()}.ts`, typescriptClass(declaration, declarations)] as const,
    ),
  ]);
}
