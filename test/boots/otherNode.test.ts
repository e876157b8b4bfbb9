import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runInGuest } from "../../tools/guest/boot.mjs";
import { makeMachine } from "../support/boots.js";
import { makeNetwork } from "../support/network.js";
import { until } from "../support/until.js";

const storage = "10.77.0.2";
const node = "10.77.0.3";
const initiator = "iqn.2026-01.org.example:node";

/** What is attached here first, to be written to, is then exported to the other node. */
const program = `
const blockbox = require("pulumi-blockbox");
const pool = new blockbox.Backend("lio", { cinder: { volumeBackendName: "lio" } });
const volume = new blockbox.Volume("data", { backend: pool, size: 1 });
const where = process.env.EXPORTED
  ? { connector: { hostName: "node", initiator: "${initiator}", ip: "${node}" } }
  : { mount: { path: "/srv/data" } };
exports.connectionInfo = new blockbox.Attachment("data", { volume, ...where }).connectionInfo;
`;

/** What connects a node that has open-iscsi and nothing of ours. */
const attach = `
set -eu
modprobe -a iscsi_tcp sd_mod
mkdir -p /etc/iscsi /srv/data
echo InitiatorName=${initiator} >/etc/iscsi/initiatorname.iscsi
iscsid
record() { iscsiadm -m node -T "$IQN" -p "$PORTAL" "$@"; }
set_to() { record -o update -n "$1" -v "$2"; }
record -o new
set_to node.session.auth.authmethod CHAP
set_to node.session.auth.username "$CHAP_USER"
set_to node.session.auth.password "$CHAP_SECRET"
record --login
disk=/dev/disk/by-path/ip-$PORTAL-iscsi-$IQN-lun-$LUN
for _ in {1..100}; do [ -e "$disk" ] && break; sleep 0.1; done
mount -o ro "$disk" /srv/data
sha256sum </srv/data/file >/out/sum
umount /srv/data
record --logout
`;

test("another node attaches with nothing but what the export tells, and reads what was written here", async (t) => {
  const lifetime = { after: (body: () => Promise<void>) => t.after(body) };
  const [here, there] = await makeNetwork(lifetime, [storage, node]);
  const machine = await makeMachine(lifetime, program, [4]);
  let other = { code: -1, said: "" };

  async function onOtherNode(out: string): Promise<void> {
    const told = join(out, "told.json");
    await until("the volume is exported", async () => existsSync(told), { limitMs: 200_000, everyMs: 500 });
    const info = JSON.parse(readFileSync(told, "utf8")) as Record<string, string>;
    const env = {
      PATH: process.env.PATH,
      ...{ IQN: info.targetIqn, PORTAL: info.targetPortal, LUN: String(info.targetLun) },
      ...{ CHAP_USER: info.authUsername, CHAP_SECRET: info.authPassword },
    };
    let said = "";
    const options = { cwd: "/", env, timeoutMs: 90_000, memoryGib: 1, network: there };
    const command = ["bash", "-c", `${attach} cat /out/sum`];
    const { code } = await runInGuest(command, options, (text) => {
      said += text;
    });
    other = { code, said };
    await writeFile(join(out, "done"), "");
  }

  const boot = await machine.boot(
    `
      cinder --backends lio --address ${storage}
      step up pulumi up --yes --non-interactive --skip-preview
      dd if=/dev/urandom of=/srv/data/file bs=1M count=16 status=none
      sha256sum </srv/data/file >/out/sum
      export EXPORTED=yes
      step export pulumi up --yes --non-interactive --skip-preview
      cd /disk/program
      pulumi stack output connectionInfo --show-secrets --json >/out/told
      mv /out/told /out/told.json
      for _ in {1..240}; do [ -e /out/done ] && break; sleep 0.5; done
      step destroy pulumi destroy --yes --non-interactive
      find /sys/kernel/config/target/iscsi -maxdepth 1 -name 'iqn.*' >/out/left
      lvm lvs --noheadings -o lv_name >>/out/left
    `,
    { network: here, meanwhile: onOtherNode },
  );
  for (const name of ["up", "export", "destroy"]) {
    const { code, output } = await boot.step(name);
    assert.equal(code, 0, output);
  }
  assert.equal(other.code, 0, other.said);
  assert.equal(other.said.trim().split("\n").at(-1), (await boot.text("sum")).trim());
  assert.equal(await boot.text("left"), "  cinder-volumes-pool\n");
});
