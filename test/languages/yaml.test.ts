import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
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
interface Called {
  inputs: { properties: Record<string, Property>; required?: string[] };
  outputs: { properties: Record<string, Property> };
}
const schema = JSON.parse(readFileSync(join(root, "schema.json"), "utf8")) as {
  resources: Record<string, Typed>;
  functions: Record<string, Called>;
  types: Record<string, Typed>;
};

interface Program {
  config?: Record<string, unknown>;
  variables?: Record<string, { "fn::invoke": { function: string; arguments?: Record<string, unknown> } }>;
  resources: Record<string, { type: string; properties: Record<string, unknown> }>;
  outputs: Record<string, string>;
}

/** As the schema has it, for the short form that programs use. */
const token = (short: string) => short.replace(/^blockbox:(\w+)$/, "blockbox:index:$1");

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

/** What `${name.property}` may name: with `undefined`, the whole is meant. */
function namesOf({ config = {}, variables = {}, resources }: Program): Record<string, string[] | undefined> {
  return Object.fromEntries([
    ...Object.keys(config).map((name) => [name, undefined] as const),
    ...Object.entries(variables).map(
      ([name, { "fn::invoke": call }]) =>
        [name, Object.keys(schema.functions[token(call.function)]?.outputs.properties ?? {})] as const,
    ),
    ...Object.entries(resources).map(
      ([name, { type }]) => [name, ["id", ...Object.keys(schema.resources[token(type)]?.properties ?? {})]] as const,
    ),
  ]);
}

const programs = [
  "examples/single-host-yaml",
  ...readdirSync(join(root, "docs/examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `docs/examples/${name}`),
];

for (const folder of programs)
  test(`${folder} has resources, functions, inputs and outputs as the schema does`, () => {
    const text = readFileSync(join(root, folder, "Pulumi.yaml"), "utf8");
    const program = parse(text) as Program;
    for (const [name, { type, properties }] of Object.entries(program.resources)) {
      const resource = schema.resources[token(type)];
      assert.ok(resource, `${name}: there is no ${type}`);
      assert.deepEqual(strangers(properties, resource.inputProperties ?? {}, name), []);
      for (const required of resource.requiredInputs ?? []) assert.ok(required in properties, `${name}.${required}`);
    }
    for (const [name, { "fn::invoke": call }] of Object.entries(program.variables ?? {})) {
      const asked = schema.functions[token(call.function)];
      assert.ok(asked, `${name}: there is no ${call.function}`);
      assert.deepEqual(strangers(call.arguments ?? {}, asked.inputs.properties, name), []);
      for (const required of asked.inputs.required ?? [])
        assert.ok(required in (call.arguments ?? {}), `${name}.${required}`);
    }
    const known = namesOf(program);
    for (const [reference, name = "", property = ""] of text.matchAll(/\$\{(\w+)(?:\.(\w+))?\}/g)) {
      assert.ok(name in known, `nothing is called ${reference}`);
      assert.ok(known[name] === undefined ? property === "" : known[name].includes(property), reference);
    }
    for (const value of Object.values(program.outputs)) assert.match(value, /^\$\{\w+\.\w+\}$/);
  });
