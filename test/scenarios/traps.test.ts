import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { providerText } from "../support/deployment.js";
import { mountedVolume } from "../support/mountedVolume.js";
import { type Made, Project, type Resource } from "../support/pulumi.js";
import { logicalVolumes, snapshot } from "../support/system.js";

const kindOf = ({ type }: Resource) => type.split(":").at(-1) as Made["kind"];

async function destroyed(project: Project): Promise<void> {
  const { code, output } = await project.destroy("--skip-preview");
  assert.equal(code, 0, output);
}

test("`__provider` of an older release stays in the state: no plan, no refresh and no update shows it", {
  timeout: 180_000,
}, async (t) => {
  const project = await Project.make(t, "older");
  project.program = mountedVolume(project);
  await project.okUp("--skip-preview");
  const state = JSON.parse(await project.ok("stack", "export", "--stack", project.stack, "--show-secrets")) as {
    deployment: { resources: Resource[] };
  };
  const olderText = (resource: Resource) => `/* older */ ${providerText(kindOf(resource))}`;
  const ours = state.deployment.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/blockbox:"));
  assert.equal(ours.length, 3);
  for (const resource of ours) {
    assert.equal(resource.inputs.__provider, providerText(kindOf(resource)));
    for (const values of [resource.inputs, resource.outputs]) values.__provider = olderText(resource);
  }
  await project.write("older.json", JSON.stringify(state));
  await project.ok("stack", "import", "--stack", project.stack, "--file", join(project.dir, "older.json"));

  await project.expectNoChanges();
  // an update of one resource leaves the text that its state has: it is `ignoreChanges` that the engine follows
  project.program = project.program.map((made) =>
    made.name === "data" ? { ...made, args: { ...made.args, description: "changed" } } : made,
  );
  await project.okUp("--skip-preview");
  const after = await project.resources();
  assert.equal(after.find(({ urn }) => urn.endsWith("::data"))?.outputs.description, "changed");
  for (const resource of after) assert.equal(resource.inputs.__provider, olderText(resource), resource.urn);
  await project.expectNoChanges();
  await destroyed(project);
});

const replacing = `
const blockbox = require("pulumi-blockbox");
const pool = new blockbox.Backend("pool", {
  lvm: { volumeGroup: process.env.BBT_GROUP, loopFile: { path: process.env.BBT_DATA + "/pool.img", size: 4, sparse: true } },
});
new blockbox.Volume(
  "data",
  { backend: pool, size: 1, description: process.env.BBT_DESCRIPTION, metadata: { tier: process.env.BBT_TIER } },
  { replaceOnChanges: ["description"] },
);
`;

test("`replaceOnChanges` replaces where the property alone would change in place", { timeout: 180_000 }, async (t) => {
  const project = await Project.make(t, "replace", { entry: { file: "index.js", text: replacing } });
  Object.assign(project.env, {
    BBT_GROUP: project.group,
    BBT_DATA: project.data(""),
    BBT_DESCRIPTION: "one",
    BBT_TIER: "a",
  });
  await project.okUp("--skip-preview");
  const { id } = await project.resource("data");

  // another property still changes in place
  project.env.BBT_TIER = "b";
  await project.okUp("--skip-preview");
  assert.equal((await project.resource("data")).id, id);

  project.env.BBT_DESCRIPTION = "two";
  const earlier = await snapshot(project.data(""));
  const { code, output } = await project.preview("--diff");
  assert.equal(code, 0, output);
  assert.match(output, /\+-.*Volume.*replace/);
  assert.deepEqual(await snapshot(project.data("")), earlier);
  await project.okUp("--skip-preview");
  const after = await project.resource("data");
  assert.notEqual(after.id, id);
  assert.equal(after.outputs.description, "two");
  assert.deepEqual(
    (await logicalVolumes(project.group)).map(({ lv_name: name }) => `${project.group}/${name}`),
    [after.id],
  );
  await project.expectNoChanges();
  await destroyed(project);
});

test("`pulumi import` of one id fails in the engine and changes nothing; `import --file` with inputs and outputs works", {
  timeout: 180_000,
}, async (t) => {
  const project = await Project.make(t, "import");
  project.program = mountedVolume(project);
  await project.okUp("--skip-preview");
  const made = await project.resources();
  const [, volume] = made;
  assert.ok(volume);
  for (const { urn } of [...made].reverse())
    await project.ok("state", "delete", urn, "--yes", "--stack", project.stack);
  assert.deepEqual(await project.resources(), []);
  const earlier = await snapshot(project.data(""));

  const one = await project.run(
    ...["import", volume.type, "data", volume.id, "--yes", "--skip-preview", "--generate-code=false"],
    ...["--stack", project.stack],
  );
  assert.notEqual(one.code, 0, one.output);
  assert.match(one.output, /error: code must be a string, not undefined/);
  assert.deepEqual(await project.resources(), []);
  assert.deepEqual(await snapshot(project.data("")), earlier);

  const resources = made.map(({ type, urn, id, inputs, outputs }) => ({
    type,
    name: urn.split("::").at(-1),
    id,
    inputs,
    outputs,
  }));
  await project.write("import.json", JSON.stringify({ resources }));
  await project.ok(
    ...["import", "--file", join(project.dir, "import.json"), "--yes", "--skip-preview", "--generate-code=false"],
    ...["--protect=false", "--stack", project.stack],
  );
  assert.equal((await project.resources()).length, 3);
  assert.deepEqual(await snapshot(project.data("")), earlier);
  await project.expectNoChanges();
  // the file names no dependencies: an update that changes nothing makes the state know them, for destroy's order
  await project.okUp("--skip-preview", "--expect-no-changes");
  await destroyed(project);
  assert.equal(
    (await snapshot(project.data(""))).vgs.some(({ vg_name: name }) => name === project.group),
    false,
  );
});
