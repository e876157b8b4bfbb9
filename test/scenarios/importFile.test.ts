import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { runCommand } from "../support/doctor.js";
import { connector, everyKind } from "../support/everyKind.js";
import { assertNothingToDo, forget } from "../support/import.js";
import { Project, type Resource } from "../support/pulumi.js";
import { snapshot } from "../support/system.js";

const content = pattern("import file", 2 ** 20);
function secretOf(resource: Resource | undefined): string {
  return String((resource?.outputs.connectionInfo as { plaintext?: string } | undefined)?.plaintext);
}

describe("what exists comes into a stack of dynamic resources", () => {
  const { rig } = rigFor({ backends: ["faults"] });
  let earlier: Record<string, string[]>;
  before(async () => {
    earlier = await heldBy(rig());
  });

  test("by the file that `pulumi-blockbox import` prints: then nothing is to be done, and all can be deleted", {
    timeout: 300_000,
  }, async (t) => {
    const project = await Project.make(t, "file");
    const at = { endpoint: rig().endpoint, project: rig().project };
    for (const [key, value] of Object.entries(at))
      await project.ok("config", "set", "--stack", project.stack, `blockbox:${key}`, value);
    await mkdir(project.data("disk"));
    const host = await snapshot(project.data(""));
    project.program = everyKind(project);
    await project.okUp("--skip-preview");
    const file = join(project.data("disk"), "file");
    await writeThrough(file, content);

    const made = await forget(project);
    const named = made.map(({ type, urn, id }) => {
      const kind = type.split(":").at(-1)?.toLowerCase();
      return `${kind}:${urn.split("::").at(-1)}=${id}`;
    });
    const where = [
      "--stack",
      `${project.project}/${project.stack}`,
      "--endpoint",
      at.endpoint,
      "--project",
      at.project,
    ];
    const without = await runCommand(["import", ...named, ...where]);
    assert.equal(without.exitCode, 2);
    assert.match(without.stderr, /^pulumi-blockbox: .*is to host other, .*give --initiator IQN/);
    const told = ["--initiator", connector.initiator, "--ip", connector.ip];
    const printed = await runCommand(["import", ...named, ...where, ...told]);
    assert.equal(printed.exitCode, 0, printed.stderr);
    const secret = secretOf(made.find(({ urn }) => urn.endsWith("::there")));
    assert.match(secret, /"driverVolumeType":"/);
    assert.equal(printed.stdout.includes("accessMode"), false);
    const { resources } = JSON.parse(printed.stdout) as { resources: { inputs: object; outputs: object }[] };
    for (const [index, one] of resources.entries()) {
      const { __provider, __urn } = made[index]?.inputs ?? {};
      for (const values of [one.inputs, one.outputs]) assert.deepEqual({ ...values, __provider, __urn }, values);
    }

    await project.write("import.json", printed.stdout);
    const options = ["--yes", "--protect=false", "--generate-code=false", "--stack", project.stack];
    await project.ok("import", "--file", "import.json", ...options);
    await assertNothingToDo(project);
    await project.refresh();
    const state = await project.ok("stack", "export", "--stack", project.stack);
    assert.match(
      state,
      /"connectionInfo": \{\s+"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"/,
    );
    await project.okUp("--skip-preview");
    await project.expectNoChanges();
    assert.equal(secretOf(await project.resource("there")), secret);
    assert.equal(await sha256(file), digest(content));

    const { code, output } = await project.destroy("--skip-preview", "--run-program");
    assert.equal(code, 0, output);
    assert.deepEqual(await heldBy(rig()), earlier);
    assert.deepEqual(await snapshot(project.data("")), host);
  });
});
