import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { heldBy } from "../support/cinder/empty.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { type Made, Project } from "../support/pulumi.js";

const trace = /\n\s+at |Error:|node:internal|\.js:\d+/;

/** Without the program, refresh and destroy go by the configuration of the last update. */
const run = "--run-program";

async function configured(project: Project, settings: Record<string, string>, secrets: Record<string, string> = {}) {
  const set = (key: string, value: string, ...more: string[]) =>
    project.ok("config", "set", "--stack", project.stack, `blockbox:${key}`, value, ...more);
  for (const [key, value] of Object.entries(settings)) await set(key, value);
  for (const [key, value] of Object.entries(secrets)) await set(key, value, "--secret");
}

async function destroyed(project: Project, ...more: string[]): Promise<string> {
  const { code, output } = await project.destroy("--skip-preview", ...more);
  assert.equal(code, 0, output);
  return output;
}

describe("a Cinder through the CLI", () => {
  const { rig } = rigFor({ backends: ["faults", "nfs2"] });
  let earlier: Record<string, string[]>;
  before(async () => {
    earlier = await heldBy(rig());
  });
  const settings = () => ({ endpoint: rig().endpoint, project: rig().project });
  const backend = (name: string, volumeBackendName = "faults"): Made => ({
    kind: "Backend",
    name,
    args: { name: `a ${name} type`, cinder: { volumeBackendName } },
  });

  test("size, type, name and metadata in one up, told by the preview", {
    timeout: 240_000,
  }, async (t) => {
    const project = await Project.make(t, "edit");
    await configured(project, settings());
    const volume = (args: Made["args"]): Made => ({ kind: "Volume", name: "data", args: { size: 1, ...args } });
    const snapshot: Made = { kind: "Snapshot", name: "first", args: { volume: { ref: "data" } } };
    const first = volume({ name: "one", backend: { ref: "slow" }, metadata: { tier: "tin", keep: "me" } });
    project.program = [backend("slow"), backend("fast"), first, snapshot];
    await project.okUp("--skip-preview");
    const { id } = await project.resource("data");
    await project.expectNoChanges();

    const metadata = { tier: "gold", keep: "me" };
    const second = volume({ name: "two", size: 2, backend: { ref: "fast" }, metadata });
    const renamed = { ...snapshot, args: { ...snapshot.args, description: "before it grew" } };
    project.program = [backend("slow"), backend("fast"), second, renamed];
    const held = await heldBy(rig());
    const { code, output } = await project.preview("--diff");
    assert.equal(code, 0, output);
    for (const line of [
      /~ backend\s*: "cinder:a slow type" => "cinder:a fast type"/,
      /~ name\s*: "one" => "two"/,
      /~ size\s*: 1 => 2/,
      /~ tier\s*: "tin" => "gold"/,
      /\+ description\s*: "before it grew"/,
      /~ 2 to update/,
    ])
      assert.match(output, line);
    assert.deepEqual(await heldBy(rig()), held);
    await project.okUp("--skip-preview");
    const { body } = await rig().call("GET", `/volumes/${id}`);
    const row = (body as { volume: Record<string, unknown> }).volume;
    assert.deepEqual([row.name, row.size, row.volume_type, row.status], ["two", 2, "a fast type", "available"]);
    const { "blockbox:mark": _, ...kept } = row.metadata as Record<string, string>;
    assert.deepEqual(kept, metadata);
    await project.expectNoChanges();

    await destroyed(project);
    assert.deepEqual(await heldBy(rig()), earlier);
  });

  test("bad input fails the preview, by its name and in words", { timeout: 240_000 }, async (t) => {
    const project = await Project.make(t, "bad");
    await configured(project, settings());
    const volume = (args: Made["args"]): Made => ({ kind: "Volume", name: "data", args: { size: 1, ...args } });
    const exported = (connector: object): Made => ({
      kind: "Attachment",
      name: "exported",
      args: { volume: { ref: "data" }, connector },
    });
    const refusals: [program: Made[], says: RegExp][] = [
      [[volume({ size: 1.5 })], /'data': property size value \{1\.5\} has a problem: must be a whole number of GiB/],
      [[volume({ volumeType: "none" })], /'data': property volumeType value \{none\} has a problem: .*none/],
      [
        [backend("small", "nfs2"), volume({ backend: { ref: "small" }, size: 5_000 })],
        /'data': property size value \{5000\} has a problem: .*GiB/,
      ],
      [
        [volume({ metadata: { readonly: "True" } })],
        /'data': property metadata\.readonly value \{.*\} has a problem: is kept for Cinder or this provider/,
      ],
      [
        [volume({}), exported({ hostName: "h", initiator: "h" })],
        /'exported': property connector\.initiator value \{.*\} has a problem: must be an iSCSI name/,
      ],
      [
        [{ kind: "Snapshot", name: "s", args: { volume: "vg/data" } }],
        /'s': property volume value \{.*\} has a problem: must be the id of a Volume/,
      ],
    ];
    for (const [program, says] of refusals) {
      project.program = program;
      const { code, output } = await project.preview();
      assert.notEqual(code, 0, output);
      assert.match(output, says);
      assert.doesNotMatch(output, trace);
      assert.deepEqual(await heldBy(rig()), earlier);
    }

    project.program = [volume({ size: 2 })];
    await project.okUp("--skip-preview");
    project.program = [volume({ size: 1 })];
    const shrink = await project.preview();
    assert.notEqual(shrink.code, 0);
    assert.match(shrink.output, /'data': property size value \{1\} has a problem: cannot shrink from 2 to 1 GiB/);
    await destroyed(project);
    assert.deepEqual(await heldBy(rig()), earlier);
  });

  test("without an endpoint a preview says how to name one; with a wrong one the state is kept", {
    timeout: 240_000,
  }, async (t) => {
    const project = await Project.make(t, "where");
    project.program = [{ kind: "Volume", name: "data", args: { size: 1 } }];
    const nowhere = await project.preview();
    assert.notEqual(nowhere.code, 0);
    assert.match(
      nowhere.output,
      /'data': property backend .* no Cinder is configured \(`pulumi config set blockbox:endp/,
    );
    assert.doesNotMatch(nowhere.output, trace);

    await configured(project, settings());
    await project.okUp("--skip-preview");
    const made = await project.resources();
    await configured(project, { endpoint: "http://127.0.0.1:9/v3" });
    for (const gone of [await project.refresh(run), await project.destroy("--skip-preview", run)]) {
      assert.notEqual(gone.code, 0, gone.output);
      assert.match(gone.output, /\[SERVICE_UNREACHABLE\]/);
      assert.doesNotMatch(gone.output, trace);
    }
    assert.deepEqual(await project.resources(), made);
    await configured(project, settings());
    await destroyed(project, run);
    assert.deepEqual(await heldBy(rig()), earlier);
  });
});

describe("a Cinder with a Keystone through the CLI", () => {
  const { rig } = rigFor({ auth: "keystone", backends: ["faults"] });

  test("a password that is a secret of the configuration is nowhere in clear", { timeout: 240_000 }, async (t) => {
    const { keystone } = rig();
    assert.ok(keystone);
    const { user, password, project: projectName } = keystone.member;
    const project = await Project.make(t, "login");
    const domains = { userDomainId: "default", projectDomainId: "default" };
    await configured(project, { authUrl: keystone.url, username: user, projectName, ...domains }, { password });
    project.program = [
      { kind: "Volume", name: "data", args: { size: 1 } },
      { kind: "Snapshot", name: "first", args: { volume: { ref: "data" } } },
      // a member may not list volumes by their ids: several at once are waited for all the same
      { kind: "Volume", name: "second", args: { size: 1 } },
      { kind: "Volume", name: "third", args: { size: 1 } },
    ];
    const said: string[] = [];
    const preview = await project.preview();
    assert.equal(preview.code, 0, preview.output);
    said.push(preview.output, await project.okUp("--skip-preview"));
    said.push(await project.ok("stack", "export", "--stack", project.stack));
    await project.expectNoChanges();
    const [volume] = await project.resources();
    assert.deepEqual(volume?.outputs.__location, { endpoint: rig().endpoint, project: rig().project });

    // A wrong one is refused in words that do not hold it either.
    await configured(project, {}, { password: "wrong-secret" });
    const refused = await project.refresh(run);
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /\[AUTH_FAILED\]/);
    assert.doesNotMatch(refused.output, /wrong-secret/);
    await configured(project, {}, { password });
    said.push(await destroyed(project, run));

    const state = join(project.dir, "state");
    for (const entry of await readdir(state, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) said.push(await readFile(join(entry.parentPath, entry.name), "utf8"));
    said.push(await readFile(join(project.dir, `Pulumi.${project.stack}.yaml`), "utf8"));
    for (const text of said) assert.equal(text.indexOf(password), -1, around(text, password));
  });
});

function around(text: string, what: string): string {
  const at = text.indexOf(what);
  return text.slice(Math.max(0, at - 300), at + 100);
}
