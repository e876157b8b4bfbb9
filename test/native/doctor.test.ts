import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ServiceName } from "../../provider/doctor/report.js";
import { findTool } from "../../provider/host/tools.js";
import { checkOf, type DoctorOptions, reportOf, runCommand } from "../support/doctor.js";
import { command, snapshot } from "../support/system.js";

let home = "";
before(async () => {
  home = await mkdtemp(join(tmpdir(), "bbt-doctor-"));
});
after(() => rm(home, { recursive: true }));

/** Where nobody listens but who is started there: iscsid and tgtd speak through sockets of a network namespace. */
const alone = (prepare: string): DoctorOptions => ({
  inside: { unshare: ["--net", "--mount", "--propagation", "private"], prepare },
});

test("all is asked, nothing is changed: no device, mount, module, lock, nor a file of anybody's", async () => {
  const folders = [home, "/etc/lvm", "/etc/iscsi", "/etc/docker", "/run/lock/lvm", "/run/lock/blockbox", "/run/docker"];
  const now = async () => ({
    host: await snapshot(...folders),
    modules: existsSync("/proc/modules") ? await command("cut", "-d", " ", "-f1", "/proc/modules") : "",
  });
  // The reports that a snapshot is made of leave a lock folder of lvm's behind.
  await snapshot();
  const earlier = await now();
  const report = await reportOf([], { env: { HOME: home, CINDER_ENDPOINT: "http://127.0.0.1:9/v3" } });
  assert.deepEqual(
    report.services.map(({ name }) => name),
    ["lvm", "iscsi", "target", "docker", "cinder"],
  );
  assert.deepEqual(await now(), earlier);
});

test("on a system that cannot be written to it finds the same", async () => {
  const env = { HOME: home, CINDER_ENDPOINT: "http://127.0.0.1:9/v3" };
  const readOnly = `findmnt -rno TARGET | while read -r path; do mount -o remount,bind,ro "$path" 2>/dev/null; done
    for path in /etc /run /tmp /var "$HOME"; do touch "$path/bbt-doctor" 2>/dev/null && exit 99; done`;
  const inside = { unshare: ["--mount", "--propagation", "private"], prepare: readOnly };
  assert.deepEqual(await reportOf([], { env, inside }), await reportOf([], { env }));
});

/** Where open-iscsi was never installed, there is nothing to take away. */
const hasInitiator = existsSync("/etc/iscsi");

/** Each a thing that the host lacks, and the line that says so. */
const cases: {
  what: string;
  options: DoctorOptions;
  service: ServiceName;
  name: string;
  state?: "warning";
  found: RegExp;
  command: string;
  skip?: boolean;
}[] = [
  ...(
    [
      ["lvm", "lvm", "lvm2", "lvm2"],
      ["lvm", "losetup", "mount", "mount"],
      ["lvm", "flock", "util-linux", "util-linux"],
      ["lvm", "mkfs.ext4", "ext4", "e2fsprogs"],
      ["lvm", "perl", "perl-base", "perl-base"],
      ["iscsi", "iscsiadm", "open-iscsi", "open-iscsi"],
      ["iscsi", "blkid", "util-linux", "util-linux"],
      ["iscsi", "resize2fs", "ext4", "e2fsprogs"],
      ["target", "tgtadm", "tgt", "tgt"],
      ["docker", "docker", "docker", "docker.io"],
    ] as const
  ).map(([service, program, name, debian]) => ({
    what: `without ${program}`,
    options: { lacks: [program], ...alone("") },
    service,
    name,
    found: new RegExp(`^lacks .*\\b${program}\\b`),
    command: `apt-get install ${debian}`,
  })),
  {
    what: "without mkfs.xfs, which only some want",
    options: { lacks: ["mkfs.xfs"] },
    service: "lvm",
    name: "xfs",
    state: "warning",
    found: /^lacks mkfs\.xfs/,
    command: "apt-get install xfsprogs",
  },
  {
    what: "without a machine id",
    options: alone("mount --bind /dev/null /etc/machine-id"),
    service: "cinder",
    name: "machine-id",
    found: /\/etc\/machine-id holds no id/,
    command: "systemd-machine-id-setup",
  },
  {
    what: "by another user than root",
    options: { inside: { unshare: ["--user"], prepare: "" } },
    service: "lvm",
    name: "root",
    found: /does not run as root/,
    command: "sudo -i",
  },
  {
    what: "without an initiator name",
    skip: !hasInitiator,
    options: alone('mount -t tmpfs none /etc/iscsi; echo "#" > /etc/iscsi/initiatorname.iscsi'),
    service: "iscsi",
    name: "initiator name",
    found: /has no line InitiatorName=/,
    command: 'echo "InitiatorName=$(iscsi-iname)" > /etc/iscsi/initiatorname.iscsi',
  },
  {
    what: "with open-iscsi's files gone",
    skip: !hasInitiator,
    options: alone("mount -t tmpfs none /etc/iscsi"),
    service: "iscsi",
    name: "initiator name",
    found: /there is no \/etc\/iscsi\/initiatorname\.iscsi/,
    command: "apt-get install open-iscsi",
  },
  {
    what: "with no iscsid",
    options: alone(""),
    service: "iscsi",
    name: "iscsid",
    found: /does not run/,
    command: existsSync("/run/systemd/system") ? "systemctl start iscsid.socket" : "iscsid",
  },
];

for (const { what, options, service, name, state = "lacking", found, command: mends, skip = false } of cases) {
  test(`${service} ${what}: ${name}, and the command that mends it`, { skip }, async () => {
    const report = await reportOf([service], options);
    const check = checkOf(report, service, name);
    // Of targets another kind may do.
    assert.ok(check.state === state || (service === "target" && check.state === "warning"), check.state);
    assert.match(check.found, found);
    assert.equal(check.command, mends);
    if (check.state === "lacking") assert.equal(report.usable, false);
  });
}

/** As `alone`, with a program that goes on beside: what ends the namespace of processes ends it too. */
const beside = (program: string, socket: string): DoctorOptions => ({
  inside: {
    unshare: ["--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"],
    prepare: `mount -t tmpfs none /run && mkdir /run/tgtd
      ${program} >/dev/null 2>&1 &
      for time in $(seq 200); do grep -q '${socket}$' /proc/net/unix && break; sleep 0.05; done`,
  },
});

test("iscsid is known by who listens where iscsiadm speaks to it, be it systemd", async () => {
  // The address in open-iscsi's own iscsid.socket.
  const listener = `require("net").createServer().listen("\\0ISCSIADM_ABSTRACT_NAMESPACE")`;
  const report = await reportOf(
    ["iscsi"],
    beside(`${process.execPath} -e '${listener}'`, "ISCSIADM_ABSTRACT_NAMESPACE"),
  );
  assert.equal(checkOf(report, "iscsi", "iscsid").state, "ok");
});

test("tgt can serve while its daemon runs", { skip: findTool("tgtd") === undefined }, async () => {
  const stopped = checkOf(await reportOf(["target"], alone("")), "target", "tgt");
  assert.equal(stopped.found.startsWith("tgtd does not run"), true, stopped.found);
  const report = await reportOf(["target"], beside("tgtd -f", "/tgtd/socket.0"));
  assert.equal(checkOf(report, "target", "tgt").state, "ok");
  // Either kind will do.
  assert.notEqual(checkOf(report, "target", "LIO").state, "lacking");
  assert.equal(report.usable, true);
});

test("an engine that is not there, or does not answer, holds nobody up", {
  skip: findTool("docker") === undefined,
}, async (t) => {
  const path = join(home, "docker.sock");
  const ask = () => reportOf(["docker", "--timeout", "1"], { env: { HOME: home, DOCKER_HOST: `unix://${path}` } });
  const absent = checkOf(await ask(), "docker", "engine");
  assert.equal(absent.state, "lacking");
  assert.match(absent.found, /docker\.sock/);
  assert.match(absent.command ?? "", /^systemctl start docker$|^dockerd$/);
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(path, resolve));
  const connections: { destroy(): unknown }[] = [];
  mute.on("connection", (socket) => connections.push(socket));
  t.after(() => {
    for (const socket of connections) socket.destroy();
    mute.close();
  });
  const silent = checkOf(await ask(), "docker", "engine");
  assert.equal(silent.state, "lacking");
  assert.match(silent.found, /^does not answer within 1 s$/);
  assert.ok(connections.length > 0);
});

test("what a service does not need is not asked: one is named, and the rest stays out of it", async () => {
  const { services } = await reportOf(["lvm"], { lacks: ["docker", "iscsiadm"] });
  assert.deepEqual(
    services.map(({ name, usable }) => [name, usable]),
    [["lvm", true]],
  );
});

/** Ends by what was asked for. */
const ends: [args: string[], options: DoctorOptions, exitCode: number][] = [
  [["doctor"], {}, 0],
  [["doctor"], { lacks: ["lvm"] }, 1],
  [["doctor", "lvm"], {}, 0],
  [["doctor", "lvm", "cinder"], {}, 1],
  [["doctor", "cinder"], {}, 1],
  [["doctor", "nfs"], {}, 2],
  [["doctor", "--yaml"], {}, 2],
  [["doctor", "--timeout", "soon"], {}, 2],
  [["nurse"], {}, 2],
  [[], {}, 2],
  [["--help"], {}, 0],
  [["doctor", "-h"], {}, 0],
  [["--version"], {}, 0],
];
for (const [args, options, exitCode] of ends) {
  test(`"${args.join(" ")}"${options.lacks ? " without lvm" : ""} ends with ${exitCode}`, async () => {
    const answer = await runCommand(args, { env: { HOME: home }, ...options });
    assert.equal(answer.exitCode, exitCode, answer.stderr);
    if (exitCode === 2) {
      assert.equal(answer.stdout, "");
      assert.match(answer.stderr, /^pulumi-blockbox: .*\. See pulumi-blockbox --help\.$/);
    } else assert.equal(answer.stderr, "");
  });
}

test("for people: a line for each check, and below it what mends it", async () => {
  const { stdout } = await runCommand(["doctor", "lvm"], { lacks: ["mkfs.xfs"] });
  assert.match(stdout, /^lvm \(volumes on this host's own LVM\): usable\n {2}ok {5}root /);
  assert.match(stdout, /\n {2}! {6}xfs +lacks mkfs\.xfs, .*\n +\$ apt-get install xfsprogs\n/);
  assert.match(stdout, /\n\nUsable: lvm\.$/);
});
