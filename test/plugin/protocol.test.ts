import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import type {
  CheckRequest,
  CheckResponse,
  CreateResponse,
  DiffResponse,
  GetSchemaResponse,
  InvokeResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { sharedLifetime } from "../support/bed.js";
import { UNKNOWN } from "../support/deployment.js";
import { root } from "../support/paths.js";
import { empty, proto, secret, startPlugin, struct } from "../support/plugin.js";
import type { Props } from "../support/rpc.js";

const urn = (type: string, name = "one") => `urn:pulumi:test::bbt::blockbox:index:${type}::${name}`;

describe("the plugin's protocol", () => {
  const lifetime = sharedLifetime();
  let plugin: Awaited<ReturnType<typeof startPlugin>>;
  before(async () => {
    plugin = await startPlugin(lifetime);
  });
  after(() => lifetime.end());

  async function check(type: string, news: Props, change: (request: CheckRequest) => void = () => undefined) {
    const request = new proto.CheckRequest().setUrn(urn(type)).setNews(struct(news)).setOlds(struct({}));
    change(request);
    const response = await plugin.ask<CheckResponse>("check", request);
    return {
      inputs: response.getInputs()?.toJavaScript() as Props,
      failures: response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`),
    };
  }

  test("it tells its version and its schema", async () => {
    const info = await plugin.ask<PluginInfo>("getPluginInfo", empty());
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.equal(info.getVersion(), version);
    const schema = await plugin.ask<GetSchemaResponse>("getSchema", new proto.GetSchemaRequest());
    assert.deepEqual(JSON.parse(schema.getSchema()), JSON.parse(readFileSync(join(root, "schema.json"), "utf8")));
  });

  test("what is wrong with a provider's configuration is told by its keys; nothing replaces", async () => {
    const checked = async (news: Props) => {
      const request = new proto.CheckRequest().setUrn("urn:pulumi:test::bbt::pulumi:providers:blockbox::one");
      const response = await plugin.ask<CheckResponse>("checkConfig", request.setNews(struct(news)));
      return response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`);
    };
    assert.deepEqual(await checked({ endpoint: "http://127.0.0.1:1/v3", maxInFlight: "4", version: "0.1.0" }), []);
    assert.deepEqual(await checked({ endpoint: UNKNOWN, password: secret("hush-hush"), maxInFlight: UNKNOWN }), []);
    assert.deepEqual(await checked({ maxInFlight: 0, insecure: "maybe" }), [
      "insecure: must be true or false",
      "maxInFlight: must be a whole number from 1 to 256",
    ]);
    assert.match((await checked({ endpont: "x" }))[0] ?? "", /^endpont: is not known here; known are endpoint, /);
    const diff = await plugin.ask<DiffResponse>("diffConfig", new proto.DiffRequest());
    assert.deepEqual(diff.getReplacesList(), []);
  });

  test("secrets stay secret, and so does what derives from them; the rest does not become one", async () => {
    const { inputs } = await check("Volume", {
      backend: "lvm:nowhere",
      size: 1,
      name: secret("hush-hush"),
      description: "about hush-hush",
      metadata: { plain: "text" },
    });
    assert.deepEqual(inputs.name, secret("hush-hush"));
    assert.deepEqual(inputs.description, secret("about hush-hush"));
    assert.deepEqual(inputs.metadata, { plain: "text" });
    assert.equal(inputs.size, 1);
    const wrong = await check("Attachment", {
      volume: "vg/volume-1a1a1a1a-1a1a-4a1a-8a1a-1a1a1a1a1a1a",
      mount: { path: secret("hush-hush") },
    });
    assert.equal(wrong.failures.length, 1);
    assert.ok(!wrong.failures[0]?.includes("hush-hush"), wrong.failures[0]);
  });

  test("unknown values of every kind pass through", async () => {
    const unknowns = ["1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"];
    const { inputs, failures } = await check("Volume", {
      backend: UNKNOWN,
      readOnly: unknowns[0],
      size: unknowns[1],
      metadata: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    });
    assert.deepEqual(failures, []);
    for (const name of ["backend", "readOnly", "size", "metadata"]) assert.equal(inputs[name], UNKNOWN, name);
  });

  test("automatic names are the engine's where the program says so, and none where it turns them off", async () => {
    const { AutonamingOptions } = proto.CheckRequest;
    const named = (mode: number, proposed = "") =>
      check("Volume", { backend: UNKNOWN, size: 1 }, (request) => {
        request.setAutonaming(new AutonamingOptions().setMode(mode as 0).setProposedName(proposed));
      });
    assert.match(String((await check("Volume", { backend: UNKNOWN, size: 1 })).inputs.name), /^one-[0-9a-f]{7}$/);
    assert.equal((await named(AutonamingOptions.Mode.ENFORCE, "given")).inputs.name, "given");
    const { failures } = await named(AutonamingOptions.Mode.DISABLE);
    assert.deepEqual(failures, ["name: is required, since automatic names are turned off here"]);
  });

  test("a preview of a create tells all that is known, and the id of a Backend; what only the create can tell is unknown", async () => {
    const { inputs } = await check("Backend", { lvm: { loopFile: { path: "/tmp/bbt-never.img", size: 3 } } });
    const request = new proto.CreateRequest().setUrn(urn("Backend")).setProperties(struct(inputs)).setPreview(true);
    const response = await plugin.ask<CreateResponse>("create", request);
    const outputs = response.getProperties()?.toJavaScript() as Props;
    const { volumeGroup } = inputs.lvm as { volumeGroup: string };
    assert.equal(response.getId(), `lvm:${volumeGroup}`);
    assert.deepEqual(outputs.lvm, inputs.lvm);
    assert.equal(outputs.state, UNKNOWN);
    assert.equal(outputs.totalGib, UNKNOWN);
    // And a volume in it is judged by what is planned.
    const { failures } = await check("Volume", { backend: response.getId(), size: 5 });
    assert.match(failures[0] ?? "", /^size: does not fit: volume group .* has no more than 2 GiB free/);
  });

  test("a preview of an update keeps what stays", async () => {
    const olds = { backend: "cinder:one", size: 1, name: "a", createdAt: "2026", serviceHost: "h@b#p", __location: {} };
    const preview = async (news: Props) => {
      const request = new proto.UpdateRequest().setUrn(urn("Volume")).setId("id").setPreview(true);
      const response = await plugin.ask<UpdateResponse>("update", request.setOlds(struct(olds)).setNews(struct(news)));
      return response.getProperties()?.toJavaScript() as Props;
    };
    const renamed = await preview({ backend: "cinder:one", size: 1, name: "b" });
    assert.deepEqual([renamed.name, renamed.createdAt, renamed.serviceHost], ["b", "2026", "h@b#p"]);
    const retyped = await preview({ backend: "cinder:two", size: 1, name: "a" });
    assert.deepEqual([retyped.createdAt, retyped.serviceHost], ["2026", UNKNOWN]);
  });

  test("a function answers, and refuses arguments that are wrong by their name", async () => {
    const invoke = (token: string, args: Props) =>
      plugin.ask<InvokeResponse>("invoke", new proto.InvokeRequest().setTok(token).setArgs(struct(args)));
    const response = await invoke("blockbox:index:getVolumes", { backend: "lvm:bbt-nothing-here" }).catch(
      (error: Error) => error.message,
    );
    assert.match(String(response), /NOT_FOUND|NOT_HERE/);
    await assert.rejects(invoke("blockbox:index:getVolume", { id: 5 }), /argument id has a problem: .*INPUT_REFUSED/);
    await assert.rejects(invoke("blockbox:index:getNothing", {}), /no function blockbox:index:getNothing/);
  });
});
