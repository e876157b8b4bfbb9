import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { sharedLifetime } from "../support/bed.js";
import { type Machine, makeMachine } from "../support/boots.js";

const program = `
const blockbox = require("pulumi-blockbox");
for (const helper of ["lio", "tgt"]) {
  const pool = new blockbox.Backend(helper, { cinder: { volumeBackendName: helper } });
  const volume = new blockbox.Volume(helper, { backend: pool, size: 1 });
  new blockbox.Attachment(helper, { volume, mount: { path: "/srv/" + helper } });
}
`;

/** What of /etc such a machine keeps: the kernel's targets, and open-iscsi's records. */
const begin = `
for name in target iscsi; do
  mkdir -p /disk/etc/$name /etc/$name
  mount --bind /disk/etc/$name /etc/$name
done
cinder --backends lio,tgt
`;

const sums = "sha256sum /srv/lio/file /srv/tgt/file >/out/sums";

describe("a machine with a Cinder and what it has attached, booted again", () => {
  const lifetime = sharedLifetime();
  after(() => lifetime.end());
  let machine: Machine;
  let written = "";

  test("has volumes attached over iSCSI in its first boot", async () => {
    machine = await makeMachine(lifetime, program, [4]);
    const boot = await machine.boot(`
      ${begin}
      step up pulumi up --yes --non-interactive --skip-preview
      for helper in lio tgt; do dd if=/dev/urandom of=/srv/$helper/file bs=1M count=16 conv=fsync status=none; done
      ${sums}
    `);
    const { code, output } = await boot.step("up");
    assert.equal(code, 0, output);
    written = await boot.text("sums");
  });

  test("then a plain `up` brings sessions and mounts back with their data, and `destroy` leaves nothing", async () => {
    const boot = await machine.boot(`
      ${begin}
      step seen pulumi preview --non-interactive
      step up pulumi up --yes --non-interactive
      ${sums}
      step quiet pulumi preview --non-interactive --expect-no-changes
      step destroy pulumi destroy --yes --non-interactive
      { ls /sys/class/iscsi_session /etc/iscsi/nodes; lvm lvs --noheadings -o lv_name; grep " /srv/" /proc/mounts || :; } >/out/left
    `);
    const seen = await boot.step("seen");
    assert.match(seen.output, /2 to update\n\s+5 unchanged/);
    for (const name of ["up", "quiet", "destroy"]) {
      const { code, output } = await boot.step(name);
      assert.equal(code, 0, output);
    }
    assert.equal(await boot.text("sums"), written);
    assert.equal(await boot.text("left"), "/etc/iscsi/nodes:\n\n/sys/class/iscsi_session:\n  cinder-volumes-pool\n");
  });
});
