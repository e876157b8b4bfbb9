import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertNothingHere, type IscsiBed, iscsiCinder, leftHere, makeIscsiBed } from "../support/cinder/iscsiBed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { crashRounds, crashSeed } from "../support/crash.js";
import { checkedInputs, killProvider } from "../support/creating.js";
import type { Program } from "../support/deployment.js";
import { type Held, hold } from "../support/held.js";
import { random } from "../support/random.js";

const cinder = iscsiCinder();

/** A program of an attach, and when it stands still (of sh): the provider is killed before it does its work. */
type Moment = readonly [what: string, program: string, when?: string];

const attaching: readonly Moment[] = [
  // The first, as after it the volume has one.
  ["before the file system is made", "mkfs.ext4"],
  ["before the record is made", "iscsiadm", 'case "$*" in *--op*) true;; *) false;; esac'],
  ["before the login", "iscsiadm", 'case "$*" in *--login) true;; *) false;; esac'],
  ["before it is mounted", "mount"],
];
const detaching: readonly Moment[] = [
  ["before it is unmounted", "umount"],
  ["before it is flushed", "blockdev"],
  ["before the logout", "iscsiadm", 'case "$*" in *--logout) true;; *) false;; esac'],
  ["before the record goes", "iscsiadm", 'case "$*" in *delete) true;; *) false;; esac'],
];

describe("killed at a step of an attach or detach, a re-run finishes, and nothing is lost or left", () => {
  let bed: IscsiBed;
  let base: Program;
  const content = pattern("killed", 2 ** 20);
  const program = (): Program => [...base, bed.attachment("disk", "data")];
  const isAttached = () => cinder().attachments(bed.deployment.get("data").id);
  /** What a process does in a quiet moment must not happen under the next: each run has one that ends with it, as the engine's. */
  const inOneRun = (body: () => Promise<unknown>) => bed.deployment.withProvider(body);
  const up = (wanted: Program) => inOneRun(() => bed.deployment.up(wanted));

  before(async () => {
    bed = makeIscsiBed(cinder());
    base = [bed.pool("tgt"), bed.volume("data", "tgt")];
    await up(base);
  });
  afterEach(() => {
    bed.deployment.env = {};
  });
  after(async () => {
    await bed.deployment.destroy();
    assertNothingHere("after the destroy");
  });

  /** Kills the provider while `program` stands still, and then lets that do its work alone. */
  async function killedAt([, name, when]: Moment, work: () => Promise<unknown>): Promise<void> {
    const held: Held = await hold(bed.path(""), name, when);
    bed.deployment.env = { PATH: held.path };
    try {
      await bed.deployment.withProvider(async (provider) => {
        const ended = work().then(
          () => "done",
          (error: unknown) => String(error),
        );
        const early = await Promise.race([ended, held.untilHeld()]);
        if (typeof early === "string") assert.fail(`it never came to ${name}: ${early}`);
        await killProvider(provider);
        await ended;
      });
      await held.letGo("work");
    } finally {
      bed.deployment.env = {};
      await held.remove();
    }
  }

  /** A create whose reply no state gets to know. */
  const create = (name = "disk", volume = "data") =>
    bed.deployment.withProvider(async (provider) => {
      const declared = bed.attachment(name, volume, { volume: bed.deployment.get(volume).id });
      const inputs = typeof declared.inputs === "function" ? declared.inputs(() => "") : declared.inputs;
      await provider.create(await checkedInputs(provider, bed.deployment, { ...declared, inputs }));
    });

  const remove = () => {
    const { id, outputs } = bed.deployment.get("disk");
    return bed.deployment.withProvider((provider) => provider.delete(id, outputs));
  };

  async function attachedWithItsData(): Promise<void> {
    await bed.deployment.up(program());
    assert.equal((await isAttached()).length, 1);
    assert.equal(leftHere().sessions.length, 1);
    assert.equal(await sha256(bed.path("disk/file")), digest(content));
  }

  async function detached(): Promise<void> {
    await bed.deployment.up(base);
    assertNothingHere("detached");
    assert.deepEqual(await isAttached(), []);
  }

  for (const moment of attaching) {
    it(`attach, ${moment[0]}; then it is attached after all`, async () => {
      await killedAt(moment, () => create());
      assert.equal((await isAttached()).length, 1);
      await inOneRun(async () => {
        await bed.deployment.up(program());
        await writeThrough(bed.path("disk/file"), content);
        await attachedWithItsData();
        await detached();
      });
    });
  }

  it("attach, before it is mounted; then nobody wants it any more: it goes with its volume", async () => {
    await up([bed.pool("tgt"), ...base.slice(1), bed.volume("gone", "tgt")]);
    await killedAt(["", "mount"], () => create("lost", "gone"));
    assert.equal(leftHere().sessions.length, 1);
    await up(base);
    assertNothingHere("gone with its volume");
  });

  for (const moment of detaching) {
    it(`detach, ${moment[0]}; then it is detached after all, and has its data when it is attached again`, async () => {
      if (!bed.deployment.state.has("disk")) await inOneRun(attachedWithItsData);
      await killedAt(moment, remove);
      await inOneRun(async () => {
        await detached();
        await attachedWithItsData();
      });
    });
  }

  console.log(`kills of attachments: BLOCKBOX_SEED=${crashSeed}`);
  const rounds = crashRounds(10);
  const tookMs = { attach: 0, detach: 0 };

  it("a detach and an attach that nobody kills, to know how long they take", { skip: rounds === 0 }, async () => {
    for (const [what, work] of [
      ["detach", detached],
      ["attach", attachedWithItsData],
    ] as const) {
      await inOneRun(async () => {
        const begin = performance.now();
        await work();
        tookMs[what] = performance.now() - begin;
      });
    }
  });

  for (let round = 1; round <= rounds; round += 1) {
    const { below } = random(crashSeed + round);
    const what = round % 2 === 1 ? "detach" : "attach";
    const part = below(1_000) / 1_000;
    it(`round ${round}: ${what}, killed at ${part.toFixed(2)} of its time`, async () => {
      await bed.deployment.withProvider(async (provider) => {
        const work = what === "attach" ? create() : remove();
        const ended = work.catch(() => undefined);
        await Promise.race([ended, sleep(part * tookMs[what])]);
        await killProvider(provider);
        await ended;
      });
      await inOneRun(what === "attach" ? attachedWithItsData : detached);
    });
  }
});
