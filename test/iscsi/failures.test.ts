import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import { assertRefused } from "../support/cinder/converge.js";
import type { Answer } from "../support/cinder/faults.js";
import {
  assertNothingHere,
  changed,
  type Info,
  type IscsiBed,
  iscsiCinder,
  makeIscsiBed,
} from "../support/cinder/iscsiBed.js";
import { startIscsid } from "../support/cinder/iscsiHost.js";
import type { Program } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";
import { pathWith, shim } from "../support/shim.js";
import { command } from "../support/system.js";
import { until } from "../support/until.js";

const cinder = iscsiCinder();

const wrongSecret = "wrongwrongwrong1";

describe("an attachment to this host that fails is told why, and leaves nothing", () => {
  let bed: IscsiBed;
  let base: Program;
  const program = (): Program => [...base, bed.attachment("disk", "data")];

  before(async () => {
    bed = makeIscsiBed(cinder());
    base = [bed.pool("tgt"), bed.volume("data", "tgt")];
    await bed.deployment.keep();
    await bed.deployment.up(base);
  });
  afterEach(() => cinder().proxy.mend());
  after(async () => {
    await bed.deployment.destroy().finally(() => bed.deployment.release());
    assertNothingHere("after the destroy");
  });

  async function assertNothingLeft(): Promise<void> {
    assertNothingHere("after the failure");
    const { id } = bed.deployment.get("data");
    assert.deepEqual(await cinder().attachments(id), []);
    assert.equal((await cinder().show("volumes", id)).status, "available");
  }

  const cases: [what: string, change: (info: Info) => void, says: RegExp][] = [
    [
      "a wrong CHAP secret",
      (info) => Object.assign(info, { auth_password: wrongSecret }),
      /exit code 24\).*authorization failure.*did not take the CHAP secret/,
    ],
    [
      "a portal where nothing listens",
      (info) => Object.assign(info, { target_portal: "127.0.0.1:3999" }),
      /at 127\.0\.0\.1:3999 failed \(iscsiadm's exit code \d+\).*does not answer/,
    ],
    [
      "a target that the portal does not have",
      (info) => Object.assign(info, { target_iqn: `${info.target_iqn}x` }),
      /exit code 19\).*no such target/,
    ],
    ["a LUN that the target does not have", (info) => Object.assign(info, { target_lun: 7 }), /LUN 7 .*not appear/],
    [
      "another transport",
      (info) => Object.assign(info, { driver_volume_type: "rbd" }),
      /exports it by "rbd".*connector/,
    ],
    ["an encrypted volume", (info) => Object.assign(info, { encrypted: true }), /it is encrypted.*connector/],
    ["several paths", (info) => Object.assign(info, { enforce_multipath: true }), /several paths.*connector/],
    [
      "words for a shell",
      (info) => Object.assign(info, { target_iqn: "iqn.2010-10.a.b:$(x) y" }),
      /target name that is/,
    ],
  ];
  for (const [what, change, says] of cases) {
    it(what, async () => {
      cinder().proxy.break({
        method: "POST",
        path: /\/attachments$/,
        fault: { kind: "change", change: changed(change) },
      });
      await assert.rejects(bed.deployment.up(program()), (error: unknown) => {
        assert.ok(error instanceof CallError, String(error));
        assert.match(error.message, says);
        assert.equal(error.message.includes(wrongSecret), false);
        return true;
      });
      await assertNothingLeft();
    });
  }

  it("a disk of another size than the volume's is not touched", async () => {
    const { id } = bed.deployment.get("data");
    const change = (answer: Answer) => {
      const body = JSON.parse(answer.body.toString("utf8")) as { volume: { size: number } };
      body.volume.size = 2;
      answer.body = Buffer.from(JSON.stringify(body));
    };
    cinder().proxy.break({ method: "GET", path: new RegExp(`/volumes/${id}$`), fault: { kind: "change", change } });
    await assert.rejects(
      bed.deployment.up(program()),
      /does not show the volume: it has 1073741824 bytes, and the volume 2147483648/,
    );
    await assertNothingLeft();
  });

  it("iscsid is stopped: the preview of an attach says so, and the detach, with the command that starts it", async () => {
    const stop = async () => {
      await command("pkill", "-x", "iscsid");
      await until("iscsid has ended", () => !readFileSync("/proc/net/unix", "utf8").includes("ISCSIADM_ABSTRACT"));
    };
    const says = /iscsid.*`systemctl start iscsid`/;
    try {
      await stop();
      await assertRefused(bed.deployment.preview(program()), "connector", says);
      await startIscsid();
      await bed.deployment.up(program());
      await stop();
      await assert.rejects(bed.deployment.up(base), says);
    } finally {
      await startIscsid();
    }
    await bed.deployment.up(base);
    await assertNothingLeft();
  });

  it("no initiator name: the preview says so", async () => {
    const file = "/etc/iscsi/initiatorname.iscsi";
    renameSync(file, `${file}.away`);
    try {
      await assertRefused(
        bed.deployment.preview(program()),
        "connector",
        /no iSCSI initiator name: .*`apt-get install/,
      );
    } finally {
      renameSync(`${file}.away`, file);
    }
  });

  it("no iscsiadm: the preview says so", async () => {
    await bed.deployment.release();
    bed.deployment.lacks = ["iscsiadm"];
    try {
      await assertRefused(
        bed.deployment.preview(program()),
        "connector",
        /program iscsiadm.*`apt-get install open-iscsi`/,
      );
    } finally {
      bed.deployment.lacks = [];
      await bed.deployment.keep();
    }
  });

  it("a multipath map over the disk, and another volume in its place, are named, with what to do", async () => {
    const raw = [...base, bed.attachment("disk", "data", { mount: undefined })];
    await bed.deployment.up(raw);
    const device = String(bed.deployment.get("disk").outputs.devicePath);
    // As multipathd would make it.
    const table = `0 ${2 ** 21} linear ${device} 0`;
    await command("dmsetup", "create", "mpatha", "--uuid", "mpath-3600", "--table", table);
    const named = /\(multipath map mpatha: .*`multipath -f mpatha`/;
    await assert.rejects(bed.deployment.up(program()), new RegExp(`is not ours to use: .*${named.source}`));
    await assert.rejects(bed.deployment.up(base), named);
    await command("dmsetup", "remove", "mpatha");

    // Another volume where ours was: neither used nor taken away.
    const { outputs } = bed.deployment.get("disk");
    const here = outputs.__here as { wwn: string };
    const { wwn } = here;
    assert.match(wwn, /^naa\./);
    here.wwn = "naa.6001405000000000000000000000000a";
    await assert.rejects(
      bed.deployment.up(raw),
      /does not show the volume: it is naa\..*, and the volume was naa\.6001405/,
    );
    await assert.rejects(bed.deployment.up(base), /stands where volume .* was attached, but is naa\..*by hand/);
    here.wwn = wwn;
    await bed.deployment.up(base);
    await assertNothingLeft();
  });

  it("a group that this host has activated from the disk is named, with what to do, and nothing is detached", async () => {
    const raw = [...base, bed.attachment("disk", "data", { mount: undefined })];
    await bed.deployment.up(raw);
    const device = String(bed.deployment.get("disk").outputs.devicePath);
    await command("lvm", "vgcreate", "--yes", "--quiet", "on-disk", device);
    await command("lvm", "lvcreate", "--yes", "--quiet", "-L", "64m", "-n", "some", "on-disk");
    await assert.rejects(
      bed.deployment.up(base),
      /held by \/dev\/dm-\d+ \(a logical volume of group on-disk.*`vgchange -an on-disk`/,
    );
    assert.equal((await command("lvm", "lvs", "--noheadings", "-o", "lv_name", "on-disk")).trim(), "some");
    await command("lvm", "vgchange", "-an", "on-disk");
    await bed.deployment.up(base);
    await assertNothingLeft();
    await bed.deployment.withProvider(async (provider) => {
      await bed.deployment.up(raw);
      await provider.says(/is a physical volume of LVM\. .*`vgchange -an GROUP`/);
      await bed.deployment.up(base);
    });
    await assertNothingLeft();
  });

  it("a group on the disk is not overwritten; one that this host activates meanwhile is named, and let go of in the end", async () => {
    const holds = "cannot get an ext4 file system: it holds .*LVM2_member";
    await bed.deployment.release();
    // As udev does when it sees the disk.
    const blkid = await shim(bed.path(""), "blkid", 'lvm vgchange --quiet -ay on-disk >&2; exec "$real" "$@"');
    bed.deployment.env = { PATH: pathWith(blkid) };
    await assert.rejects(
      bed.deployment.up(program()),
      new RegExp(`${holds}.*could not be taken back .*group on-disk.*\`vgchange -an on-disk\``, "s"),
    );
    bed.deployment.env = {};
    await bed.deployment.keep();
    await command("lvm", "vgchange", "--quiet", "-an", "on-disk");
    await assert.rejects(bed.deployment.up(program()), new RegExp(holds));
    await assertNothingLeft();
  });
});
