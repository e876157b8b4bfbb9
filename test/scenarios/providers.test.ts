import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { Project } from "../support/pulumi.js";

/** One Cinder by the environment; another one, with a Keystone, and another project of the first, by explicit providers. */
const program = `
const pulumi = require("@pulumi/pulumi");
const blockbox = require("pulumi-blockbox/plugin");

const settings = JSON.parse(process.env.BBT_SETTINGS);
const password = new pulumi.Config().requireSecret("word");
const far = new blockbox.Provider("far", { ...settings.far, password });
const other = new blockbox.Provider("other", settings.other);
const providers = { far, other };

new blockbox.Volume("one", { size: 1 });
const two = new blockbox.Volume("two", { size: 1 }, { provider: providers[process.env.BBT_TWO] });
const three = new blockbox.Volume("three", { size: 1, description: pulumi.interpolate\`of \${password}\` }, { provider: other });
exports.seen = pulumi.all([three.id, three.size]).apply(([id]) => blockbox.getVolume({ id }, { provider: other })).size;
`;

/** Without the program, refresh and destroy go by what the state has of the providers. */
const run = "--run-program";

describe("explicit providers", () => {
  const { rig: near } = rigFor({ backends: ["faults"] });
  const { rig: far } = rigFor({ backends: ["faults"], auth: "keystone" });

  it("two Cinders and two projects in one program: each has its own, and no secret shows", {
    timeout: 240_000,
  }, async (t) => {
    const earlier = [await heldBy(near()), await heldBy(far())];
    const volumes = async () => [(await heldBy(near())).volumes, (await heldBy(far())).volumes];
    const { keystone } = far();
    assert.ok(keystone);
    const { user, project: projectName } = keystone.member;
    const [here, there] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
    const domains = { userDomainId: "default", projectDomainId: "default" };
    const settings = {
      far: { authUrl: keystone.url, username: user, projectName, ...domains },
      other: { endpoint: near().endpoint, project: there },
    };
    const project = await Project.make(t, "providers", {
      entry: { file: "index.js", text: program },
      env: {
        CINDER_ENDPOINT: near().endpoint,
        OS_PROJECT_ID: here,
        BBT_SETTINGS: JSON.stringify(settings),
        BBT_TWO: "far",
      },
    });
    const { password } = keystone.member;
    await project.ok("config", "set", "--secret", "word", password, "--stack", project.stack);

    const said = [(await project.preview()).output, await project.okUp("--skip-preview")];
    await project.expectNoChanges();
    const made = await project.resources();
    const places = Object.fromEntries(made.map(({ urn, outputs }) => [urn.split("::").at(-1), outputs.__location]));
    assert.deepEqual(places, {
      one: { endpoint: near().endpoint, project: here },
      two: { endpoint: far().endpoint, project: far().project },
      three: { endpoint: near().endpoint, project: there },
    });
    const [ofNear, ofFar] = await volumes();
    assert.deepEqual([ofNear?.length, ofFar?.length], [2, 1]);
    assert.equal(await project.ok("stack", "output", "seen", "--stack", project.stack), "1\n");

    // What is moved to a provider of another Cinder is not replaced, nor taken for gone: the state and the volume stay.
    project.env.BBT_TWO = "other";
    assert.match((await project.preview()).output, /6 unchanged/);
    assert.match(await project.okUp("--skip-preview"), /6 unchanged/);
    const two = await project.resource("two");
    for (const elsewhere of [await project.refresh(run), await project.destroy("--skip-preview", run)]) {
      assert.notEqual(elsewhere.code, 0, elsewhere.output);
      assert.match(
        elsewhere.output,
        /Volume \S+ is recorded at .* but .* is configured and does not have it.*NOT_HERE/,
      );
    }
    assert.deepEqual((await volumes())[1], ofFar);
    assert.deepEqual(await project.resource("two"), two);
    assert.equal(two.id, made.find(({ urn }) => urn.endsWith("::two"))?.id);
    project.env.BBT_TWO = "far";
    said.push(await project.okUp());
    await project.expectNoChanges();

    said.push(await project.ok("stack", "export", "--stack", project.stack));
    const { code, output } = await project.destroy("--skip-preview", run);
    assert.equal(code, 0, output);
    assert.deepEqual([await heldBy(near()), await heldBy(far())], earlier);
    const state = join(project.dir, "state");
    for (const entry of await readdir(state, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) said.push(await readFile(join(entry.parentPath, entry.name), "utf8"));
    for (const text of [...said, output]) assert.ok(!text.includes(password), text);
  });
});
