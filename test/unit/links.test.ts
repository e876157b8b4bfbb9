import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { root } from "../support/paths.js";

const pages = globSync(["*.md", "docs/**/*.md", "examples/*/*.md"], { cwd: root }).sort();

/** What is shown as text: neither code nor comments. */
const prose = (markdown: string) =>
  markdown.replace(/^```.*?^```$|`[^`\n]*`|<!--.*?-->/gms, (code) => code.replace(/[[\]()]/g, ""));

function linksOf(page: string): string[] {
  const text = prose(readFileSync(join(root, page), "utf8"));
  return [...text.matchAll(/\]\(\s*([^()\s]+)\s*\)/g)].map(([, link = ""]) => link);
}

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = [
    ...readFileSync(file, "utf8")
      .replace(/^```.*?^```$/gms, "")
      .matchAll(/^#+ (.*)$/gm),
  ];
  return headings.map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

for (const page of pages)
  test(`every link in ${page} leads to something that exists`, () => {
    for (const link of linksOf(page)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(root, page) : join(root, dirname(page), path);
      assert.ok(existsSync(target), link);
      if (anchor === undefined) continue;
      assert.ok(statSync(target).isFile() && anchorsOf(target).includes(anchor), link);
    }
  });

test("each page of docs/ is reached from its overview", () => {
  const reached = new Set(["docs/_index.md"]);
  for (const page of reached)
    for (const link of linksOf(page)) {
      const target = join(dirname(page), link.split("#")[0] ?? "");
      if (pages.includes(target)) reached.add(target);
    }
  const inDocs = pages.filter((page) => page.startsWith("docs/"));
  assert.deepEqual(
    inDocs.filter((page) => !reached.has(page)),
    [],
  );
});
