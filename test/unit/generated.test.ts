import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { errorCodes } from "../../provider/errors.js";
import { resources } from "../../provider/resources/index.js";
import { generate } from "../../provider/schema/generate.js";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const generated = generate(projectFolder);

for (const [path, content] of generated) {
  test(`${path} is in step with the declarations (npm run schema)`, () => {
    assert.equal(readFileSync(`${projectFolder}/${path}`, "utf8"), content);
  });
}

test("every code has its line in docs/errors.md", () => {
  const page = readFileSync(`${projectFolder}/docs/errors.md`, "utf8");
  for (const [code, meaning] of Object.entries(errorCodes))
    assert.ok(page.includes(`| \`${code}\` | ${meaning} |`), code);
});

test("the schema names every resource with all its inputs and outputs, each described", () => {
  const schema = JSON.parse(generated.get("schema.json") ?? "");
  for (const { declaration } of Object.values(resources)) {
    const { inputProperties, properties } = schema.resources[`blockbox:index:${declaration.name}`];
    assert.deepEqual(Object.keys(inputProperties), Object.keys(declaration.inputs));
    assert.deepEqual(Object.keys(properties), [
      ...Object.keys(declaration.inputs),
      ...Object.keys(declaration.outputs),
    ]);
    for (const { description } of Object.values<{ description: string }>(properties)) assert.match(description, /\.$/);
  }
});

test("every type that the schema refers to is in it", () => {
  const text = generated.get("schema.json") ?? "";
  const { types } = JSON.parse(text);
  for (const [, name] of text.matchAll(/"#\/types\/([^"]+)"/g)) assert.ok(name && name in types, name);
});
