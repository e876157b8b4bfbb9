import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Readme } from "../support/readme.js";

const markdown = `
\`\`\`sh
cd inner && export WORD="of \${WHOSE}"   # a comment
printf '%s in %s' "$WORD" \\
  "$(basename "$PWD")"
false
\`\`\`
Not \`echo this\`.
\`\`\`ts
nor.this();
\`\`\`
\`\`\`sh
never
\`\`\`
`;

test("a README's commands run one after the other as in one shell, and those that did not run are named", async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), "bbt-readme-test-"));
  t.after(() => rmSync(cwd, { recursive: true }));
  const path = join(cwd, "README.md");
  writeFileSync(path, markdown);
  const readme = new Readme(path, {
    cwd,
    env: { PATH: process.env.PATH, WHOSE: "mine" },
    after: (body) => t.after(body),
  });
  await readme.run("cd", 5_000, (command) => `mkdir inner; ${command}`);
  assert.equal(await readme.run("printf", 5_000), "of mine in inner");
  await assert.rejects(readme.run("false", 5_000), /false:/);
  await assert.rejects(readme.run("nor", 5_000), /begins 0 commands/);
  assert.throws(() => readme.assertAllRan(), /'false',\n.*'never'/);
});
