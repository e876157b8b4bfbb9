import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startEngine } from "../support/cinder/engine.js";
import { manyVolumes } from "../support/cinder/many.js";
import { pollRates } from "../support/cinder/polls.js";
import { type FaultProxy, startProxy } from "../support/cinder/proxy.js";
import { Raw } from "../support/cinder/raw.js";
import { rigFor } from "../support/cinder/rigFor.js";
import type { Stored } from "../support/deployment.js";
import { atOnce, type Engine } from "../support/engine.js";

const many = 30;

describe("how much a Cinder is asked", () => {
  const { rig } = rigFor({ backends: ["nfs", "faults"], quotas: { volumes: -1, gigabytes: -1 } });
  let proxy: FaultProxy;
  let volumes: Stored[];
  before(async () => {
    proxy = await startProxy(rig().endpoint);
    volumes = await manyVolumes(rig(), many);
  });
  after(() => proxy?.stop());

  /** What the proxy sees of what a provider process does. */
  async function withEngine<T>(body: (engine: Engine) => Promise<T>, config: Record<string, string> = {}): Promise<T> {
    const engine = await startEngine({ endpoint: proxy.endpoint, project: rig().project }, { config });
    proxy.journal.clear();
    try {
      return await body(engine);
    } finally {
      await engine.stop();
    }
  }

  const asked = () => proxy.journal.requests.map(({ method, path, query }) => `${method} ${path}?${query}`).join("\n");

  for (const parallel of [8, many]) {
    it(`a refresh of ${many} volumes, ${parallel} at once, is a list`, async () => {
      await withEngine(async (engine) => {
        const seen = await atOnce(parallel, volumes, (stored) => engine.read(stored));
        assert.deepEqual(
          seen.map(({ id }) => id),
          volumes.map(({ id }) => id),
        );
        // Discovery, the list, and the two reads before it shows that there are many.
        assert.ok(proxy.journal.requests.length <= 4, asked());
      });
    });
  }

  it("a preview without changes asks nothing", async () => {
    await withEngine(async (engine) => {
      await atOnce(many, volumes, (stored) => engine.previewSame(stored));
      assert.equal(asked(), "");
    });
  });

  it("the checks of new volumes ask for types, zones, quotas and pools once for all of them", async () => {
    await withEngine(async (engine) => {
      const names = volumes.map((_, index) => `new-${index}`);
      await atOnce(many, names, (name) =>
        engine.check(engine.inputs("Volume", name, { size: 1, availabilityZone: "nova" })),
      );
      // Twice, should the first answers be too old before the last check comes.
      for (const path of [/\/types\/default$/, /\/os-availability-zone$/, /\/os-quota-sets\//, /\/get_pools$/]) {
        const count = proxy.journal.count("GET", path);
        assert.ok(count >= 1 && count <= 2, `${count} of ${path}:\n${asked()}`);
      }
    });
  });

  it("reads amid changes of our own list nothing", async () => {
    await withEngine(async (engine) => {
      const volumeType = await new Raw(rig()).type("faults");
      const inputs = await engine.check(engine.inputs("Volume", "brief", { size: 1, volumeType }));
      const { id, outputs } = await engine.create("Volume", "brief", inputs);
      await engine.provider.delete(id, outputs);
      proxy.journal.clear();
      const some = volumes.slice(0, 6);
      await atOnce(some.length, some, (stored) => engine.read(stored));
      assert.equal(proxy.journal.count("GET", /\/volumes\/[0-9a-f-]{36}$/), some.length, asked());
      assert.equal(proxy.journal.count("GET", /\/volumes\/detail$/), 0, asked());
    });
  });

  for (const count of [1, 20]) {
    it(`waits of ${count} volumes look 5 times a second at most, and twice after 3 s`, async () => {
      const volumeType = await new Raw(rig()).type("faults");
      const rates = await withEngine(
        async (engine) => {
          const names = [...Array(count).keys()].map((index) => `wait-${count}-${index}-slowcreate-6`);
          const made = await atOnce(count, names, async (name) =>
            engine.create(
              "Volume",
              name,
              await engine.check(engine.inputs("Volume", name, { size: 1, name, volumeType })),
            ),
          );
          const found = pollRates(proxy.journal);
          await atOnce(count, made, ({ id, outputs }) => engine.provider.delete(id, outputs));
          return found;
        },
        { "blockbox:maxInFlight": String(count) },
      );
      assert.ok(rates.young >= 1 && rates.young <= 5, JSON.stringify(rates));
      assert.ok(rates.old >= 1 && rates.old <= 2, JSON.stringify(rates));
    });
  }
});
