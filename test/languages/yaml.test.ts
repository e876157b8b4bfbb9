import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { root } from "../support/paths.js";

interface Property {
  $ref?: string;
}
interface Typed {
  properties?: Record<string, Property>;
  inputProperties?: Record<string, Property>;
  requiredInputs?: string[];
}
const schema = JSON.parse(readFileSync(join(root, "schema.json"), "utf8")) as {
  resources: Record<string, Typed>;
  types: Record<string, Typed>;
};

/** Everything in a value that the schema does not have. */
function strangers(value: unknown, known: Record<string, Property>, path: string): string[] {
  return Object.entries(value as object).flatMap(([name, one]) => {
    const property = known[name];
    if (property === undefined) return [`${path}.${name}`];
    const type = property.$ref?.replace("#/types/", "");
    const inner = type === undefined ? undefined : schema.types[type]?.properties;
    return inner && typeof one === "object" ? strangers(one, inner, `${path}.${name}`) : [];
  });
}

test("examples/single-host-yaml has resources, inputs and outputs as the schema does", () => {
  const program = parse(readFileSync(join(root, "examples/single-host-yaml/Pulumi.yaml"), "utf8")) as {
    resources: Record<string, { type: string; properties: Record<string, unknown> }>;
    outputs: Record<string, string>;
  };
  for (const [name, { type, properties }] of Object.entries(program.resources)) {
    const token = type.replace(/^blockbox:(\w+)$/, "blockbox:index:$1");
    const resource = schema.resources[token];
    assert.ok(resource, `${name}: there is no ${type}`);
    assert.deepEqual(strangers(properties, resource.inputProperties ?? {}, name), []);
    for (const required of resource.requiredInputs ?? []) assert.ok(required in properties, `${name}.${required}`);
  }
  for (const [output, value] of Object.entries(program.outputs)) {
    const [, name = "", property = ""] = /^\$\{(\w+)\.(\w+)\}$/.exec(value) ?? [];
    const type = program.resources[name]?.type.replace(/^blockbox:(\w+)$/, "blockbox:index:$1") ?? "";
    assert.ok(property === "id" || property in (schema.resources[type]?.properties ?? {}), output);
  }
});
