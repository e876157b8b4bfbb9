import { readFileSync } from "node:fs";

/** The languages of an example, in the order in which Pulumi's documentation has them. */
const languages = [
  { name: "typescript", title: "TypeScript", file: "index.ts" },
  { name: "python", title: "Python", file: "__main__.py" },
  { name: "go", title: "Go", file: "main.go" },
  { name: "yaml", title: "YAML", file: "Pulumi.yaml" },
] as const;

type Example = ((typeof languages)[number] & { readonly text: string })[];

/** The programs of docs/examples/<name>, which tests run; the YAML one is checked against the schema. */
export function readExample(projectFolder: string, name: string): Example {
  return languages.map((language) => ({
    ...language,
    text: readFileSync(`${projectFolder}/docs/examples/${name}/${language.file}`, "utf8"),
  }));
}

/** For whoever reads the file as it is: one language is seen, the others unfold. */
export function foldedExample(example: Example): string {
  const [first, ...others] = example.map(({ name, title, text }) => ({ title, code: block(name, text) }));
  return [
    first?.code,
    ...others.map(({ title, code }) => `<details><summary>${title}</summary>\n\n${code}\n\n</details>`),
  ].join("\n\n");
}

/** For Pulumi's registry, whose pages have a language chooser. */
export function chosenExample(example: Example): string {
  const choices = example.map(
    ({ name, text }) => `{{% choosable language ${name} %}}\n\n${block(name, text)}\n\n{{% /choosable %}}`,
  );
  const names = example.map(({ name }) => name).join(",");
  return `{{< chooser language "${names}" >}}\n${choices.join("\n")}\n{{< /chooser >}}`;
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}
