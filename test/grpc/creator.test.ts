import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bed, makeBed } from "../support/bed.js";
import { checkedInputs, createUnknown, killProvider, type Wanted } from "../support/creating.js";
import { Deployment } from "../support/deployment.js";
import type { Provider } from "../support/provider.js";
import { CallError, type Created } from "../support/rpc.js";
import { logicalVolume, logicalVolumes, lvm, volumeGroups } from "../support/system.js";

const otherMachine = "0123456789ab";
const markOf = (tags: readonly string[]) => tags.find((tag) => tag.startsWith("blockbox.mark=")) ?? "";
const volume = (bed: Bed): Wanted => ({
  kind: "Volume",
  name: "data",
  inputs: { backend: `lvm:${bed.group}`, size: 1 },
});
/** The second create says whom it waits for. */
const waits = (provider: Provider, creator: number) =>
  provider.says(new RegExp(`^waiting: .*\\b${creator}\\b.*creating`, "m"));

/** Creates what `wanted` says in a provider that then stands still, alive, so that its mark stays. */
async function withStopped(bed: Bed, wanted: Wanted, body: (first: Provider, made: Created) => Promise<void>) {
  const elsewhere = new Deployment({ stack: bed.group });
  await elsewhere.withProvider(async (first) => {
    const made = await createUnknown(first, elsewhere, wanted);
    process.kill(first.pid, "SIGSTOP");
    await body(first, made);
  });
}

/** Makes a volume whose mark says that a process of another machine made it so many seconds ago. */
async function madeElsewhere(bed: Bed, secondsAgo: number): Promise<string> {
  const { id } = await bed.deployment.withProvider(async (provider) => {
    const made = await createUnknown(provider, bed.deployment, volume(bed));
    await killProvider(provider);
    return made;
  });
  const mark = markOf((await logicalVolume(id)).tags);
  const fields = mark.split(":");
  fields[3] = otherMachine;
  fields[6] = String(Math.floor(Date.now() / 1000) - secondsAgo);
  await lvm("lvchange", "--yes", "--deltag", mark, "--addtag", fields.join(":"), id);
  return id;
}

test("a Volume that another process, still alive, is creating is waited for, and taken over once that is dead", async (t) => {
  const bed = await makeBed(t, "alive");
  const earlier = await bed.snapshot();
  await bed.deployment.up([bed.backend()]);
  await withStopped(bed, volume(bed), async (first, made) => {
    await bed.deployment.withProvider(async (second) => {
      const creating = createUnknown(second, bed.deployment, volume(bed));
      let over = false;
      creating.then(
        () => (over = true),
        () => (over = true),
      );
      await waits(second, first.pid);
      await sleep(1_500);
      assert.equal(over, false, "it did not wait");
      assert.equal((await logicalVolumes(bed.group)).length, 1, "the volume was made twice, or taken away");
      const { tags } = await logicalVolume(made.id);
      assert.equal(markOf(tags).split(":")[4], String(first.pid), "the mark of a live process was replaced");
      await killProvider(first);
      const { id } = await creating;
      assert.equal(id, made.id);
      assert.equal(second.stdout().match(/waiting: /g)?.length, 1, "it says so more than once");
    });
  });
  assert.equal((await logicalVolumes(bed.group)).length, 1);
  await lvm("lvremove", "--yes", bed.group);
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Volume of another identity is not waited for, whoever is creating it", async (t) => {
  const bed = await makeBed(t, "others");
  await bed.deployment.up([bed.backend()]);
  await withStopped(bed, volume(bed), async (_first, made) => {
    await bed.deployment.up([bed.backend(), bed.volume("other", { size: 1 })]);
    assert.notEqual(bed.deployment.get("other").id, made.id);
    assert.equal((await logicalVolumes(bed.group)).length, 2);
    // a group that somebody alive is working in is not empty
    await assert.rejects(bed.deployment.destroy(), (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      assert.match(error.message, /\[IN_USE\]/);
      return true;
    });
    assert.equal((await logicalVolumes(bed.group)).length, 1);
  });
  await bed.deployment.destroy();
});

test("an Attachment that another process, still alive, is creating is waited for, and gone on with", async (t) => {
  const bed = await makeBed(t, "disk");
  const earlier = await bed.snapshot();
  const program = [bed.backend(), bed.volume("data", { size: 1 })];
  await bed.deployment.up(program);
  const wanted: Wanted = {
    kind: "Attachment",
    name: "disk",
    inputs: { volume: bed.deployment.get("data").id, mount: { path: bed.path("disk") } },
  };
  await withStopped(bed, wanted, async (first, made) => {
    await bed.deployment.withProvider(async (second) => {
      const creating = createUnknown(second, bed.deployment, wanted);
      creating.catch(() => undefined);
      await waits(second, first.pid);
      await killProvider(first);
      const { outputs } = await creating;
      assert.equal(outputs.mountPath, bed.path("disk"));
      await second.delete(made.id, outputs);
    });
  });
  await bed.deployment.destroy();
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a Backend that another process, still alive, is creating is waited for, and begun anew once that is dead", async (t) => {
  const bed = await makeBed(t, "pool");
  const earlier = await bed.snapshot();
  const wanted: Wanted = { kind: "Backend", name: "pool", inputs: bed.backend().inputs as Wanted["inputs"] };
  await withStopped(bed, wanted, async (first, made) => {
    await bed.deployment.withProvider(async (second) => {
      const creating = createUnknown(second, bed.deployment, wanted);
      creating.catch(() => undefined);
      await waits(second, first.pid);
      assert.equal((await volumeGroups()).filter(({ vg_name: name }) => name === bed.group).length, 1);
      await killProvider(first);
      const { id, outputs } = await creating;
      assert.equal(id, made.id);
      await second.delete(id, outputs);
    });
  });
  assert.deepEqual(await bed.snapshot(), earlier);
});

test("a mark of another machine is taken over when it is older than an operation can last", async (t) => {
  const bed = await makeBed(t, "old");
  await bed.deployment.up([bed.backend()]);
  const id = await madeElsewhere(bed, 660);
  await bed.deployment.up([bed.backend(), bed.volume("data", { size: 1 })]);
  assert.equal(bed.deployment.get("data").id, id);
  assert.equal((await logicalVolumes(bed.group)).length, 1);
  assert.equal(markOf((await logicalVolume(id)).tags), "");
  await bed.deployment.destroy();
});

test("a younger mark of another machine is waited for, and left alone", async (t) => {
  const bed = await makeBed(t, "young");
  await bed.deployment.up([bed.backend()]);
  const id = await madeElsewhere(bed, 60);
  const { tags } = await logicalVolume(id);
  await bed.deployment.withProvider(async (provider) => {
    const inputs = await checkedInputs(provider, bed.deployment, volume(bed));
    const creating = provider.create(inputs).then(
      () => "created",
      () => "cut short",
    );
    await waits(provider, Number(markOf(tags).split(":")[4]));
    // it would wait for a minute
    await killProvider(provider);
    assert.equal(await creating, "cut short");
  });
  assert.deepEqual((await logicalVolume(id)).tags, tags);
  assert.equal((await logicalVolumes(bed.group)).length, 1);
  await lvm("lvremove", "--yes", id);
  await bed.deployment.destroy();
});
