import { execFile } from "node:child_process";
import { readdirSync, rmdirSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Ground, makeGround } from "../cinder/ground.js";
import { untilReady } from "../cinder/waiting.js";
import { root } from "../paths.js";

const exec = promisify(execFile);

/** A Docker of a test's own. */
export interface Engine {
  readonly folder: string;
  /** For docker, docker-compose and, on PATH, pulumi: what this engine's containers publish is reached by these. */
  readonly env: Record<string, string>;
  docker(...args: string[]): Promise<string>;
  /** Runs a program among its processes, as a host's root would. */
  inside(...command: string[]): Promise<string>;
  /** Ends it with all its containers, and leaves nothing. */
  clear(): Promise<void>;
}

const cgroups = "bbt-compose";

/** In its own mounts: what it writes beside its own folders is for nobody else. */
const prepare = `
  ip link set lo up
  for place in etc opt run; do
    mkdir -p "$0/own/$place/upper" "$0/own/$place/work"
    mount -t overlay -o "lowerdir=/$place,upperdir=$0/own/$place/upper,workdir=$0/own/$place/work" overlay "/$place"
  done
  exec "$@"`;

/**
 * A dockerd with processes, mounts and, unless it is to reach others, a network of its own: all that it starts ends with
 * the one process that leads these, also when the test is killed.
 */
export async function startEngine(network: "own" | "host"): Promise<Engine> {
  removeCgroups();
  const ground = makeGround("docker");
  try {
    return await start(ground, network);
  } catch (error) {
    await ground.clear();
    throw error;
  }
}

async function start(ground: Ground, network: "own" | "host"): Promise<Engine> {
  const { folder } = ground;
  const socket = join(folder, "docker.sock");
  const spaces = ["--pid", "--mount-proc", "--mount", "--ipc", ...(network === "own" ? ["--net"] : [])];
  const leader = ground.run("dockerd", "unshare", [
    ...[...spaces, "--fork", "--kill-child", "--"],
    ...["sh", "-euc", prepare, folder, "tini", "--", "/usr/sbin/dockerd"],
    ...["--host", `unix://${socket}`, "--pidfile", join(folder, "docker.pid")],
    ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
    // No kernel here filters packets, and there is nothing to hide.
    ...["--iptables=false", "--ip6tables=false", "--bridge=none"],
    ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", `/${cgroups}`],
    ...["--add-runtime", `here=${join(root, "test/compose/runc.py")}`, "--default-runtime", "here"],
  ]);
  const host = { DOCKER_HOST: `unix://${socket}` };
  const docker = async (...args: string[]) => {
    const { stdout } = await exec("docker", args, { env: { ...process.env, ...host }, maxBuffer: 2 ** 26 });
    return stdout;
  };
  await untilReady(leader, "ready", () => docker("version").then(() => true));
  const pid = (await exec("pgrep", ["--parent", String(leader.pid)])).stdout.trim();
  const bin = join(folder, "bin");
  await mkdir(bin);
  const inNetwork = `exec nsenter --net=/proc/${pid}/ns/net`;
  const program = async (name: string, text: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const others = process.env.PATH ?? "";
  // Debian has compose as a program of its own, not yet as a command of docker.
  await program("docker", `PATH=${others}\n[ "$1" = compose ] && shift && exec docker-compose "$@"\nexec docker "$@"`);
  for (const name of ["pulumi", "curl"]) await program(name, `PATH=${others}\n${inNetwork} ${name} "$@"`);
  return {
    folder,
    env: { ...host, PATH: `${bin}:${others}` },
    docker,
    async inside(...command) {
      const spaces = ["--target", pid, "--pid", "--mount", "--net"];
      const { stdout } = await exec("nsenter", [...spaces, ...command], { maxBuffer: 2 ** 26 });
      return stdout;
    },
    async clear() {
      await ground.clear();
      removeCgroups();
    },
  };
}

/** The kernel keeps these when all that was in them has ended; one that is in use stays. */
function removeCgroups(): void {
  const trees = ["/sys/fs/cgroup", ...readdirSync("/sys/fs/cgroup").map((name) => join("/sys/fs/cgroup", name))];
  for (const tree of trees) removeEmpty(join(tree, cgroups));
}

function removeEmpty(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
    rmdirSync(folder);
  } catch {
    // It is not there, or something is in it.
  }
}
