import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { sharedLifetime } from "../support/bed.js";
import { type Boot, type Machine, makeMachine } from "../support/boots.js";

const program = `
const blockbox = require("pulumi-blockbox");
const pool = new blockbox.Backend("pool", {
  lvm: { volumeGroup: "bbtboot", loopFile: { path: "/data/pool.img", size: 2, sparse: true } },
});
const volume = new blockbox.Volume("data", { backend: pool, size: 1 });
new blockbox.Attachment("data", { volume, mount: { path: "/srv/bbt" } });
`;

const attempts = ["refresh", "up", "destroy"] as const;
const failing = attempts.map((verb) => `step ${verb} pulumi ${verb} --yes --non-interactive; state after-${verb}`);

/** All three failed, for the reason given, and the state is what it was. */
async function assertRefused(boot: Boot, reason: RegExp): Promise<void> {
  const before = await boot.state("before");
  assert.equal(before.length, 3);
  for (const verb of attempts) {
    const { code, output } = await boot.step(verb);
    assert.notEqual(code, 0, `${verb} went through:\n${output}`);
    assert.match(output, reason);
    assert.deepEqual(await boot.state(`after-${verb}`), before, `${verb} changed the state:\n${output}`);
  }
}

async function assertWent(boot: Boot, name: string): Promise<void> {
  const { code, output } = await boot.step(name);
  assert.equal(code, 0, output);
}

describe("a machine that is booted again", () => {
  const lifetime = sharedLifetime();
  after(() => lifetime.end());
  let machine: Machine;
  let sum = "";
  test("keeps what is made and written in its first boot", async () => {
    machine = await makeMachine(lifetime, program, [1, 3]);
    const first = await machine.boot(`
      mkdir /data && mount /dev/ubdb /data
      step up pulumi up --yes --non-interactive --skip-preview
      dd if=/dev/urandom of=/srv/bbt/file bs=1M count=64 status=none
      sha256sum </srv/bbt/file >/out/sum
    `);
    await assertWent(first, "up");
    sum = await first.text("sum");
  });

  test("refuses everything while the image's file system is not mounted; then a plain `up` brings all back", async () => {
    const second = await machine.boot(`
      state before
      ${failing.join("\n")}
      mkdir -p /data && mount /dev/ubdb /data
      step back pulumi up --yes --non-interactive
      sha256sum </srv/bbt/file >/out/sum
      step quiet pulumi preview --non-interactive --expect-no-changes
    `);
    await assertRefused(second, /file system .*is mounted/);
    await assertWent(second, "back");
    assert.equal(await second.text("sum"), sum);
    await assertWent(second, "quiet");
  });

  test("refuses everything as another machine; once it is itself, `up` and `destroy` leave nothing", async () => {
    const third = await machine.boot(`
      mkdir /data && mount /dev/ubdb /data
      cp /etc/machine-id /run/own/machine-id
      echo 0123456789abcdef0123456789abcdef >/etc/machine-id
      state before
      ${failing.join("\n")}
      cat /run/own/machine-id >/etc/machine-id
      step back pulumi up --yes --non-interactive --skip-preview
      step gone pulumi destroy --yes --non-interactive
      state end
      { lvm vgs --noheadings; losetup --list --noheadings; ls /dev/mapper /data; grep " /srv/" /proc/mounts || :; } >/out/left
    `);
    await assertRefused(third, /machine/);
    await assertWent(third, "back");
    await assertWent(third, "gone");
    assert.deepEqual(await third.state("end"), []);
    assert.equal(await third.text("left"), "/data:\nlost+found\n\n/dev/mapper:\ncontrol\n");
  });
});
