import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { ops } from "../support/cinder/converge.js";
import {
  asAfterReboot,
  assertNothingHere,
  helpers,
  type IscsiBed,
  iscsiCinder,
  leftHere,
  makeIscsiBed,
} from "../support/cinder/iscsiBed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import { CheckFailed, type Program } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";
import { pathWith, shim } from "../support/shim.js";
import { command } from "../support/system.js";
import { startWriter } from "../support/writer.js";

const cinder = iscsiCinder();

const gib = 2 ** 30;
const target = (bed: IscsiBed, name: string) => `iqn.2010-10.org.openstack:volume-${bed.deployment.get(name).id}`;

async function refuses(work: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof CallError || error instanceof CheckFailed, String(error));
    assert.match(error.message, words);
    return true;
  });
}

for (const helper of helpers) {
  describe(`a volume of ${helper} on this host`, () => {
    let bed: IscsiBed;
    let base: Program;
    const content = pattern(helper, 4 * 2 ** 20);
    const file = () => bed.path("disk/file");
    const fsType = helper === "lio" ? "ext4" : "xfs";
    const mount = (name: string, options: string[] = []) => ({ mount: { path: bed.path(name), fsType, options } });
    const program = (size = 1): Program => [
      bed.pool(helper),
      bed.volume("data", helper, { size }),
      bed.attachment("disk", "data", { size, ...mount("disk") }),
    ];

    before(async () => {
      bed = makeIscsiBed(cinder());
      base = [bed.pool(helper), bed.volume("data", helper)];
      const told = await shim(bed.path(""), "iscsiadm", `echo "$*" >>${bed.path("arguments")}; exec "$real" "$@"`);
      bed.deployment.env = { PATH: pathWith(told) };
      await bed.deployment.keep();
      await bed.deployment.up(base);
    });
    after(async () => {
      await bed.deployment.destroy().finally(() => bed.deployment.release());
      assertNothingHere("after the destroy");
    });

    it("is formatted and mounted; no secret in state, in words or where users may read; nothing starts by itself", async () => {
      await bed.deployment.up(program());
      const { outputs, id } = bed.deployment.get("disk");
      assert.match(String(outputs.devicePath), /^\/dev\/sd[a-z]$/);
      assert.equal(outputs.mountPath, bed.path("disk"));
      assert.equal(outputs.driverVolumeType, "iscsi");
      assert.equal("connectionInfo" in outputs, false);
      const [, attachment = ""] = id.split("/");
      const { body } = await cinder().rig.call("GET", `/attachments/${attachment}`);
      const { attachment: shown } = body as { attachment: { status: string; connection_info: Record<string, string> } };
      assert.equal(shown.status, "attached");
      const secret = shown.connection_info.auth_password ?? "";
      assert.equal(secret.length, 16);
      assert.equal(JSON.stringify([...bed.deployment.state.values()]).includes(secret), false);
      assert.equal(bed.deployment.stderr.includes(secret), false);
      const args = readFileSync(bed.path("arguments"), "utf8");
      assert.match(args, /--login/);
      assert.equal(args.includes(secret), false);
      const record = (await command("find", "/etc/iscsi/nodes", "-type", "f")).trim();
      assert.equal(statSync(record).mode & 0o777, 0o600);
      const text = readFileSync(record, "utf8");
      assert.match(text, /^node\.startup = manual$/m);
      assert.match(text, /^node\.session\.scan = manual$/m);
      assert.equal(text.match(/auth\.password = /g)?.length, 1);
      await writeThrough(file(), content);
      const steps = ops(await bed.deployment.preview(program()));
      assert.deepEqual(new Set(Object.values(steps)), new Set(["same"]));
      assert.deepEqual(await bed.deployment.refresh(), []);
      assert.equal(ops(await bed.deployment.preview(program())).disk, "same");
    });

    it("grows while it is mounted", async () => {
      // Under a writer with LIO; tgt interrupts what is under way.
      const writer = helper === "lio" ? startWriter(bed.path("disk/written")) : undefined;
      const steps = ops(await bed.deployment.up(program(2)));
      assert.deepEqual([steps.data, steps.disk], ["update", "update"]);
      const written = await writer?.stop();
      if (written) assert.equal(await sha256(bed.path("disk/written")), written.digest);
      const size = Number((await command("df", "--output=size", "-B1", bed.path("disk"))).split("\n")[1]);
      assert.ok(size > 1.8 * gib, `${size} bytes`);
      await writeThrough(bed.path("disk/after"), content);
      assert.equal(await sha256(file()), digest(content));
      assert.equal(ops(await bed.deployment.preview(program(2))).disk, "same");
    });

    it("a copy of a snapshot that was taken meanwhile has what was there then, and is attached beside it", async () => {
      const taken = [...program(2), bed.snapshot("then", "data")];
      await bed.deployment.up(taken);
      await writeThrough(bed.path("disk/later"), content);
      const copy = bed.volume("copy", helper, (ref) => ({ snapshotId: ref("then"), size: 2 }));
      const copied = (options: string[]) => [
        ...taken,
        copy,
        bed.attachment("copied", "copy", mount("copied", options)),
      ];
      if (fsType === "xfs") await refuses(bed.deployment.up(copied([])), /"nouuid".*mounted on .*disk/);
      await bed.deployment.up(copied(fsType === "xfs" ? ["nouuid"] : []));
      assert.equal(await sha256(bed.path("copied/file")), digest(content));
      assert.equal(existsSync(bed.path("copied/later")), false);
      assert.equal(leftHere().sessions.length, 2);
      await bed.deployment.up(program(2));
      assert.equal(await sha256(file()), digest(content));
    });

    it("is refused to go while a process is in it, and goes once that has ended", async () => {
      const user = spawn("sleep", ["600"], { cwd: bed.path("disk"), stdio: "ignore" });
      const grown = [bed.pool(helper), bed.volume("data", helper, { size: 2 })];
      try {
        await refuses(bed.deployment.up(grown), new RegExp(`busy: process ${user.pid} \\(sleep\\)`));
      } finally {
        user.kill("SIGKILL");
        await once(user, "exit");
      }
      assert.equal(await sha256(file()), digest(content));
      await bed.deployment.up(grown);
      assertNothingHere("detached");
      assert.equal(existsSync(bed.path("disk")), false, "the directory that was made for it is gone");
      const { status } = await cinder().show("volumes", bed.deployment.get("data").id);
      assert.equal(status, "available");
    });

    it("has its data when it is attached again, and after a reboot a plain up brings it back", async () => {
      await bed.deployment.up(program(2));
      assert.equal(await sha256(file()), digest(content));
      await asAfterReboot(target(bed, "data"), bed.path("disk"));
      assert.equal(ops(await bed.deployment.preview(program(2))).disk, "update");
      await bed.deployment.up(program(2));
      assert.equal(await sha256(file()), digest(content));
      assert.equal(ops(await bed.deployment.preview(program(2))).disk, "same");
    });

    it("a second volume on the same host, read only on its device", async () => {
      const grown = program(2);
      await bed.deployment.up([...grown, bed.volume("more", helper), bed.attachment("more-disk", "more")]);
      await writeThrough(bed.path("more-disk/file"), content);
      const ro = bed.attachment("more-disk", "more", { mode: "ro" });
      assert.equal(ops(await bed.deployment.up([...grown, bed.volume("more", helper), ro]))["more-disk"], "replace");
      const device = String(bed.deployment.get("more-disk").outputs.devicePath);
      assert.equal((await command("blockdev", "--getro", device)).trim(), "1");
      assert.equal(await sha256(bed.path("more-disk/file")), digest(content));
      assert.equal(leftHere().sessions.length, 2);
      const again = bed.attachment("twice", "data");
      await refuses(
        bed.deployment.up([...grown, bed.volume("more", helper), ro, again]),
        /already, and its type is not/,
      );
      await bed.deployment.up(grown);
      assert.equal(await sha256(file()), digest(content));
      assert.equal(leftHere().sessions.length, 1);
    });
  });
}
