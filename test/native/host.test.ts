import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { contentOf } from "../../provider/host/blank.js";
import { deviceSizeBytes } from "../../provider/host/blockDevice.js";
import { clearRange, isClear } from "../../provider/host/clear.js";
import { run } from "../../provider/host/command.js";
import { fillsDevice, format, grow, growUnmounted, mayGrowMounted } from "../../provider/host/fileSystem.js";
import { type Lock, withLock } from "../../provider/host/lock.js";
import {
  attachLoop,
  detachLoop,
  findLoopDevice,
  growLoop,
  type LoopDevice,
  loopOfFile,
  loopsOverRange,
} from "../../provider/host/loop.js";
import {
  makeDirectories,
  mountDevice,
  mountsAt,
  mountsOf,
  remount,
  removeDirectories,
  unmount,
} from "../../provider/host/mounts.js";
import { signatureOn } from "../../provider/host/signature.js";
import { deviceUsers } from "../../provider/host/users.js";

const mib = 1024 ** 2;
const gib = 1024 ** 3;

interface Bench {
  folder: string;
  lock: Lock;
  /** A file of that size and a loop device on it. */
  disk: (sizeBytes: number) => Promise<{ file: string; device: string }>;
  /** A loop device on a range of another. */
  nested: (backing: string, offsetBytes: number, sizeBytes: number, readOnly?: boolean) => Promise<string>;
}

/** Runs a test with a folder and a lock of its own; afterwards all loop devices on files in the folder are let go of. */
function onBench(body: (bench: Bench, t: TestContext) => Promise<void>): (t: TestContext) => Promise<void> {
  return (t) => {
    const folder = mkdtempSync("/var/tmp/bbh-");
    const attached: LoopDevice[] = [];
    return withLock(`bbh-${process.pid}`, "the host tests", async (lock) => {
      const attach = async (
        backing: string,
        range: { offsetBytes: number; sizeBytes: number } | undefined,
        readOnly: boolean,
      ) => {
        const loop = await attachLoop({ backing, readOnly, lock, ...(range === undefined ? {} : { range }) });
        attached.push(loop);
        return loop.path;
      };
      const disk = async (sizeBytes: number) => {
        const file = join(folder, `disk${attached.length}.img`);
        writeFileSync(file, "");
        truncateSync(file, sizeBytes);
        return { file, device: await attach(file, undefined, false) };
      };
      const nested = (backing: string, offsetBytes: number, sizeBytes: number, readOnly = false) =>
        attach(backing, { offsetBytes, sizeBytes }, readOnly);
      try {
        await body({ folder, lock, disk, nested }, t);
      } finally {
        for (const { path, backing, offsetBytes } of attached.reverse()) {
          const now = findLoopDevice(path);
          // One that the test has let go of may be somebody else's by now.
          if (now === undefined || now.offsetBytes !== offsetBytes) continue;
          if (now.backing !== backing && !now.backing.startsWith(folder)) continue;
          for (const mount of mountsOf(path)) await unmount(mount.path, lock);
          await detachLoop(path, lock);
        }
        rmSync(folder, { recursive: true });
        rmSync(`/run/lock/blockbox/${lock.name}.lock`);
      }
    });
  };
}

async function wordsOf(device: string): Promise<string> {
  const content = await contentOf(device);
  return content.kind === "blank" ? "blank" : content.words;
}

function write(path: string, at: number, text: string): void {
  const fd = openSync(path, "r+");
  try {
    writeSync(fd, text, at);
  } finally {
    closeSync(fd);
  }
}

function read(path: string, at: number, length: number): string {
  const buffer = Buffer.alloc(length);
  const fd = openSync(path, "r");
  try {
    readSync(fd, buffer, 0, length, at);
    return buffer.toString();
  } finally {
    closeSync(fd);
  }
}

test(
  "a loop device on a whole file shows it, once, also after the file was renamed",
  onBench(async ({ folder, lock, disk }) => {
    const { file, device } = await disk(64 * mib);
    assert.equal(deviceSizeBytes(device), 64 * mib);
    assert.equal((await attachLoop({ backing: file, readOnly: false, lock })).path, device);
    renameSync(file, join(folder, "renamed.img"));
    assert.equal(loopOfFile(join(folder, "renamed.img"))?.path, device);
    assert.equal(loopOfFile(file), undefined);
    rmSync(join(folder, "renamed.img"));
    assert.equal(findLoopDevice(device)?.deleted, true);
    assert.equal(findLoopDevice(device)?.backing, join(folder, "renamed.img"));
    await detachLoop(device, lock);
    assert.equal(findLoopDevice(device), undefined);
  }),
);

test(
  "a loop device on a range shows exactly that, and an overlapping one is refused",
  onBench(async ({ lock, disk, nested }) => {
    const { device } = await disk(64 * mib);
    write(device, 24 * mib, "here");
    const inner = await nested(device, 24 * mib, 8 * mib);
    assert.equal(readFileSync(inner).subarray(0, 4).toString(), "here");
    assert.equal(deviceSizeBytes(inner), 8 * mib);
    const overlapping = { offsetBytes: 28 * mib, sizeBytes: 8 * mib };
    await assert.rejects(attachLoop({ backing: device, range: overlapping, readOnly: false, lock }), {
      code: "IN_USE",
    });
    const same = { offsetBytes: 24 * mib, sizeBytes: 8 * mib };
    await assert.rejects(attachLoop({ backing: device, range: same, readOnly: true, lock }), { code: "IN_USE" });
    assert.equal(findLoopDevice(inner)?.readOnly, false);
    assert.deepEqual(
      loopsOverRange(device, 31 * mib, 1).map(({ path }) => path),
      [inner],
    );
    assert.deepEqual(loopsOverRange(device, 32 * mib, mib), []);
    assert.deepEqual(loopsOverRange(device, 0, 24 * mib), []);
    const readOnly = await nested(device, 40 * mib, mib, true);
    assert.throws(() => write(readOnly, 0, "x"));
  }),
);

test(
  "many processes attach at once and each gets a device of its own",
  onBench(async ({ disk, nested }) => {
    const { device } = await disk(64 * mib);
    const all = await Promise.all(Array.from({ length: 8 }, (_, at) => nested(device, at * mib, mib)));
    assert.equal(new Set(all).size, 8);
  }),
);

test(
  "a device in use is not let go of, and who uses it is said",
  onBench(async ({ folder, lock, disk, nested }) => {
    const { device } = await disk(256 * mib);
    const inner = await nested(device, 0, 64 * mib);
    await assert.rejects(detachLoop(device, lock), { code: "IN_USE", message: new RegExp(`shown by ${inner}`) });
    await format(inner, "ext4", lock);
    const path = join(folder, "mnt");
    mkdirSync(path);
    await mountDevice({ device: inner, path, fsType: "ext4", options: [], readOnly: false, lock });
    await assert.rejects(detachLoop(inner, lock), { code: "IN_USE", message: new RegExp(`mounted on ${path}`) });
    const child = spawn("sleep", ["60"], { cwd: path });
    const fd = openSync(device, "r");
    const opener = spawn("sleep", ["60"], { stdio: [fd, "ignore", "ignore"] });
    closeSync(fd);
    try {
      await assert.rejects(unmount(path, lock), {
        code: "IN_USE",
        message: new RegExp(`process ${child.pid} \\(.*\\) has its working directory in ${path}`),
      });
      assert.ok(deviceUsers(device).some((user) => user.startsWith(`opened by process ${opener.pid}`)));
    } finally {
      child.kill();
      opener.kill();
    }
    await sleep(100);
    await unmount(path, lock);
    assert.deepEqual(deviceUsers(inner), []);
  }),
);

test(
  "a mount in another namespace is seen",
  onBench(async ({ folder, lock, disk }) => {
    const { device } = await disk(64 * mib);
    await format(device, "ext4", lock);
    const path = join(folder, "mnt");
    mkdirSync(path);
    const child = spawn("unshare", [
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      'mount "$1" "$2" && echo ready && exec sleep 60',
      "sh",
      device,
      path,
    ]);
    try {
      await new Promise((resolve) => child.stdout.once("data", resolve));
      assert.deepEqual(mountsOf(device), []);
      assert.match(
        deviceUsers(device).join(),
        new RegExp(`mounted on ${path} in the mount namespace of process ${child.pid} `),
      );
      await assert.rejects(detachLoop(device, lock), { code: "IN_USE" });
    } finally {
      child.kill();
      await new Promise((resolve) => child.once("close", resolve));
    }
  }),
);

test(
  "blank is proven, not guessed",
  onBench(async ({ lock, disk, nested }) => {
    const { device, file } = await disk(64 * mib);
    assert.equal(await wordsOf(device), "blank");
    write(device, 3 * mib, "x");
    assert.equal(await wordsOf(device), "data in its first 4 MiB");
    await clearRange(device, 0, 64 * mib, { sparse: true, lock });
    write(device, 64 * mib - 1, "x");
    assert.equal(await wordsOf(device), "data in its last 1 MiB");
    write(device, 64 * mib - 1, "\0");
    assert.equal(await wordsOf(device), "blank");
    // Past the device's cache, which has read zeros here already.
    write(file, 2 * mib, "x");
    assert.equal(await wordsOf(device), "data in its first 4 MiB");
    write(file, 2 * mib, "\0");
    const inner = await nested(device, 0, 32 * mib);
    assert.equal(await wordsOf(inner), "blank");
    await format(inner, "ext4", lock);
    assert.equal(await wordsOf(inner), "an ext4 file system");
    await detachLoop(inner, lock);
    await run("lvm", ["pvcreate", "--driverloaded", "n", "--yes", "-ff", device]);
    assert.equal(await wordsOf(device), "a signature of type LVM2_member");
  }),
);

test(
  "clearing a sparse range gives its room back, clearing a reserved one keeps it, and neighbours stay",
  onBench(async ({ lock, disk }, t) => {
    const { device, file } = await disk(3 * gib);
    const random = (at: number, length: number) =>
      run("perl", [
        "-e",
        'open(my $f,"+<",$ARGV[0]); open(my $r,"<","/dev/urandom"); read($r,my $b,1<<20); sysseek($f,$ARGV[1]<<20,0); syswrite($f,$b) for 1..$ARGV[2]; ',
        device,
        `${at / mib}`,
        `${length / mib}`,
      ]);
    const allocated = () => statSync(file).blocks * 512;
    await random(0, 64 * mib);
    await random(2 * gib, 64 * mib);
    write(device, 16 * mib - 1, "L");
    write(device, 2 * gib + 48 * mib, "R");
    await run("blockdev", ["--flushbufs", device]);
    assert.equal(await isClear(device, 16 * mib, mib), false);
    const sparse = performance.now();
    await clearRange(device, 16 * mib, 2 * gib + 32 * mib, { sparse: true, lock });
    t.diagnostic(`sparse: ${((performance.now() - sparse) / 2.03).toFixed(0)} ms per GiB`);
    assert.ok(allocated() < 40 * mib, `${allocated()} bytes are allocated`);
    const reserved = performance.now();
    await clearRange(device, 16 * mib, 2 * gib + 32 * mib, { sparse: false, lock });
    t.diagnostic(`reserved: ${((performance.now() - reserved) / 2.03).toFixed(0)} ms per GiB`);
    assert.ok(allocated() > 2 * gib, `${allocated()} bytes are allocated`);
    assert.equal(read(device, 16 * mib - 1, 1), "L");
    assert.equal(read(device, 2 * gib + 48 * mib, 1), "R");
    // Zeros that were written are data to SEEK_DATA: they must be read.
    write(device, gib, "\0".repeat(64 * mib));
    const verified = performance.now();
    assert.equal(await isClear(device, 16 * mib, 2 * gib), true);
    t.diagnostic(`64 MiB verified by reading: ${(performance.now() - verified).toFixed(0)} ms`);
    write(device, gib, "x");
    assert.equal(await isClear(device, 16 * mib, 2 * gib), false);
  }),
);

test(
  "a mounted file system grows with its device, and its data stays",
  onBench(async ({ folder, lock, disk, nested }, t) => {
    const { device, file } = await disk(3 * gib);
    const inner = await nested(device, mib, gib);
    await format(inner, "ext4", lock);
    const path = join(folder, "a b\tc", "mnt");
    const made = makeDirectories(path);
    assert.deepEqual(made, [join(folder, "a b\tc"), path]);
    const wish = { device: inner, path, fsType: "ext4", options: ["noatime"], readOnly: false, lock };
    await mountDevice(wish);
    assert.equal(mountsAt(`${path}/`).length, 1);
    await assert.rejects(mountDevice(wish), { code: "IN_USE" });
    writeFileSync(join(path, "file"), "content");
    await remount({ ...wish, options: ["nodev"] });
    assert.ok(mountsAt(path)[0]?.options.includes("nodev"));
    assert.ok(!mountsAt(path)[0]?.options.includes("noatime"));
    await remount({ ...wish, options: [] });
    assert.ok(!mountsAt(path)[0]?.options.includes("nodev"));

    await growLoop(inner, 2 * gib, lock);
    const on = { device: inner, path };
    assert.equal(await fillsDevice(on, "ext4"), false);
    // Containers often lack the capability that growing a mounted ext4 takes: then it is refused by name, and done unmounted.
    if (mayGrowMounted("ext4")) await grow(on, "ext4", lock);
    else {
      await assert.rejects(grow(on, "ext4", lock), { code: "HOST_UNFIT", message: /CAP_SYS_RESOURCE/ });
      await unmount(path, lock);
      await growUnmounted(on, "ext4", lock);
      await mountDevice(wish);
    }
    t.diagnostic(mayGrowMounted("ext4") ? "grown while mounted" : "grown unmounted: no CAP_SYS_RESOURCE here");
    assert.equal(await fillsDevice(on, "ext4"), true);
    assert.ok(statfsSync(path).blocks * 4096 > 1.9 * gib);
    await grow(on, "ext4", lock);
    assert.equal(readFileSync(join(path, "file"), "utf8"), "content");

    truncateSync(file, 4 * gib);
    await growLoop(device, 4 * gib, lock);
    await growLoop(inner, 3 * gib, lock);
    await assert.rejects(growLoop(inner, 5 * gib, lock), { code: "COMMAND_FAILED" });
    await unmount(path, lock);
    await unmount(path, lock);
    removeDirectories(made);
    assert.ok(!existsSync(join(folder, "a b\tc")));
    await run("e2fsck", ["-f", "-n", inner]);
  }),
);

test(
  "formatting keeps the room that a file has reserved",
  onBench(async ({ lock, disk }) => {
    const { device, file } = await disk(256 * mib);
    await run("fallocate", ["-l", `${256 * mib}`, file]);
    await format(device, "ext4", lock);
    await format(device, "ext4", lock);
    assert.ok(statSync(file).blocks * 512 >= 256 * mib);
  }),
);

test(
  "folders that hold something stay",
  onBench(async ({ folder }) => {
    const made = makeDirectories(join(folder, "x", "y", "z"));
    writeFileSync(join(folder, "x", "y", "keep"), "");
    removeDirectories(made);
    assert.ok(!existsSync(join(folder, "x", "y", "z")) && existsSync(join(folder, "x", "y", "keep")));
    assert.deepEqual(makeDirectories(join(folder, "x")), []);
  }),
);

test(
  "a passing opener, exclusive even, stops neither a clearing nor a detaching",
  onBench(async ({ lock, disk }) => {
    const { device } = await disk(64 * mib);
    await run("lvm", ["pvcreate", "--driverloaded", "n", "--yes", device]);
    const opener = spawn("perl", ["-MFcntl", "-e", "sysopen(F, $ARGV[0], O_RDWR|O_EXCL) or die; sleep 60", device]);
    const passes = () => deviceUsers(device).some((user) => user.startsWith(`opened by process ${opener.pid}`));
    try {
      while (!passes()) await sleep(10);
      setTimeout(() => opener.kill(), 1_000).unref();
      await clearRange(device, 32 * mib, 16 * mib, { sparse: false, lock });
      assert.equal((await signatureOn(device))?.type, "LVM2_member");
      assert.ok(passes());
      await detachLoop(device, lock);
      assert.equal(findLoopDevice(device), undefined);
    } finally {
      opener.kill();
    }
  }),
);
