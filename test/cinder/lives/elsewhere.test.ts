import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { after, before, describe, it } from "node:test";
import { cinderBed } from "../../support/cinder/bed.js";
import { settled } from "../../support/cinder/converge.js";
import { type FaultProxy, startProxy } from "../../support/cinder/proxy.js";
import type { Deployment, Program } from "../../support/deployment.js";
import { CallError } from "../../support/rpc.js";

const bed = cinderBed({ backends: ["faults"] });
/** Another Cinder, as empty as a new one is. */
const other = cinderBed({ backends: ["faults"] });

const program: Program = [
  { kind: "Backend", name: "pool", inputs: { cinder: { volumeBackendName: "faults" } } },
  { kind: "Volume", name: "data", backend: "pool", inputs: (ref) => ({ backend: ref("pool"), size: 1 }) },
  { kind: "Snapshot", name: "snap", inputs: (ref) => ({ volume: ref("data") }) },
  {
    kind: "Attachment",
    name: "disk",
    inputs: (ref) => ({
      volume: ref("data"),
      connector: { hostName: "one", initiator: "iqn.2026-01.org.example:one" },
    }),
  },
];

describe("absent is not gone: what a Cinder that is not the recorded one does not have stays in the state", () => {
  let deployment: Deployment;
  let proxy: FaultProxy;
  before(async () => {
    deployment = bed().deployment();
    await deployment.up(program);
    proxy = await startProxy(bed().rig.endpoint);
  });
  after(async () => {
    await deployment.destroy();
    await proxy.stop();
  });

  const configured = (config: Record<string, string>) => {
    deployment.config = { "blockbox:project": bed().rig.project, ...config };
  };
  const closedPort = async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };
  const onlyVersion2 = JSON.stringify({ versions: [{ id: "v2.0", version: "", min_version: "" }] });

  /** Where the provider is pointed at, and the code of what it says. */
  const wrong: [what: string, point: () => Promise<void> | void, code: RegExp][] = [
    ["no endpoint", () => configured({ "blockbox:endpoint": "" }), /\[CONFIG_MISSING\]/],
    [
      "a port that nothing listens on",
      async () => configured({ "blockbox:endpoint": `http://127.0.0.1:${await closedPort()}/v3` }),
      /\[SERVICE_UNREACHABLE\]/,
    ],
    [
      "a server of pages",
      () => {
        proxy.break({ fault: { kind: "html" } });
        configured({ "blockbox:endpoint": proxy.endpoint });
      },
      /\[SERVICE_UNFIT\]/,
    ],
    [
      "a Cinder of version 2",
      () => {
        const change = (answer: { body: Buffer }) => {
          answer.body = Buffer.from(onlyVersion2);
        };
        proxy.break({ path: /^\/$/, fault: { kind: "change", change } });
        configured({ "blockbox:endpoint": proxy.endpoint });
      },
      /\[SERVICE_UNFIT\]/,
    ],
    [
      "a project in its path that is another one",
      () => configured({ "blockbox:endpoint": `${bed().proxy.endpoint}/nowhere` }),
      /\[CONFIG_INVALID\]/,
    ],
    ["another Cinder", () => configured({ "blockbox:endpoint": other().proxy.endpoint }), /\[NOT_HERE\]/],
  ];
  for (const [what, point, code] of wrong) {
    it(`${what}: refresh and every delete fail, and nothing is forgotten`, async () => {
      proxy.mend();
      await point();
      const state = structuredClone([...deployment.state]);
      await deployment.withProvider(async (provider) => {
        await assert.rejects(deployment.refresh(), code);
        await assert.rejects(deployment.destroy(), code);
        const coded = (error: unknown) => error instanceof CallError && code.test(error.message);
        const each = [...deployment.state.values()].map(async ({ id, outputs, name }) => {
          await assert.rejects(provider.read(id, outputs), coded, `read of ${name}`);
          await assert.rejects(provider.delete(id, outputs), coded, `delete of ${name}`);
        });
        await Promise.all(each);
      });
      assert.deepEqual([...deployment.state], state);
      const writes = [...other().proxy.journal.writes(), ...proxy.journal.writes()];
      assert.deepEqual(writes, []);
    });
  }

  it("another Cinder's type of the same name is none of this state's, and is not deleted", async () => {
    const name = String(deployment.get("pool").outputs.volumeType);
    await other().rig.call("POST", "/types", { volume_type: { name } });
    configured({ "blockbox:endpoint": other().proxy.endpoint });
    const { id, outputs } = deployment.get("pool");
    await deployment.withProvider((provider) => assert.rejects(provider.delete(id, outputs), /NOT_HERE/));
    assert.ok(await other().type(name));
  });

  it("at another address of the same Cinder it is found by its id, taken as moved, and let go of there", async () => {
    proxy.mend();
    configured({ "blockbox:endpoint": proxy.endpoint });
    assert.deepEqual(await deployment.refresh(), []);
    for (const { outputs } of deployment.state.values())
      assert.equal((outputs.__location as { endpoint: string }).endpoint, proxy.endpoint);
    await settled(deployment, program);
    // and without a refresh before it
    configured({ "blockbox:endpoint": bed().proxy.endpoint });
    await deployment.destroy();
    assert.equal(deployment.state.size, 0);
    assert.deepEqual((await bed().rig.call("GET", "/volumes")).body, { volumes: [] });
  });
});
