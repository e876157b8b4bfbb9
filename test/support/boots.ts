import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GuestOptions, runInGuest } from "../../tools/guest/boot.mjs";
import { packageRoot, root } from "./paths.js";
import type { Result } from "./pulumi.js";
import { command } from "./system.js";

/** Of a state's resource what must stay as it is when an operation fails. */
export type Recorded = Record<"urn" | "id" | "inputs" | "outputs", unknown>;

/** What a boot's steps came to, by the names that the script gave them. */
export interface Boot {
  step(name: string): Promise<Result>;
  /** The resources of the state as the script kept it by that name; without the stack itself and providers. */
  state(name: string): Promise<Recorded[]>;
  /** Whatever the script wrote there. */
  text(name: string): Promise<string>;
}

export interface BootOptions {
  network?: GuestOptions["network"];
  /** What is done beside it, given the folder that the guest has as /out. */
  meanwhile?(out: string): Promise<void>;
}

/** A machine that is switched off between its boots: what it keeps is on its disks, /dev/ubda and so on. */
export interface Machine {
  boot(script: string, options?: BootOptions): Promise<Boot>;
}

/**
 * What a boot's script begins with. The first disk, on /disk, has Pulumi's state and a program, whose text is in
 * $PROGRAM. `step NAME COMMAND…` runs a command in the program's folder and goes on whatever comes of it; `state NAME`
 * keeps the state. `cinder OPTION…` starts the rig's Cinder, which goes on with what is on that disk of an earlier boot.
 */
const prelude = `
set -eu
mkdir /disk
mount /dev/ubda /disk
export PULUMI_HOME=/disk/home PULUMI_BACKEND_URL=file:///disk/state PULUMI_CONFIG_PASSPHRASE=bbt
export PULUMI_SKIP_UPDATE_CHECK=1 PULUMI_SKIP_CONFIRMATIONS=true NO_COLOR=1
step() {
  local name=$1 code=0
  shift
  (cd /disk/program && "$@") >/out/$name 2>&1 || code=$?
  echo $code >/out/$name.code
}
cinder() {
  node --import "$MODULES/tsx/dist/loader.mjs" "$ROOT/test/rig/start.ts" --folder /disk/cinder --port 20100 "$@" >/out/cinder &
  until grep -q ^ready /out/cinder; do
    kill -0 $!
    sleep 0.5
  done
  export CINDER_ENDPOINT=http://127.0.0.1:20100/v3
}
state() { cp /disk/state/.pulumi/stacks/bbt/dev.json /out/$1.json; }
if [ ! -e /disk/program ]; then
  mkdir -p /disk/{home,state} /disk/program/node_modules/@pulumi
  cd /disk/program
  ln -s "$PACKAGE" node_modules/pulumi-blockbox
  ln -s "$MODULES/@pulumi/pulumi" node_modules/@pulumi/pulumi
  printf '%s' "$PROGRAM" >index.js
  echo '{ "name": "bbt-program", "main": "index.js" }' >package.json
  printf 'name: bbt\\nruntime:\\n  name: nodejs\\n  options: { typescript: false }\\n' >Pulumi.yaml
  pulumi stack init dev --non-interactive
  cd /
fi
`;

/** @param gib its disks, of so many GiB each, with an ext4 each */
export async function makeMachine(
  lifetime: { after(body: () => Promise<void>): void },
  program: string,
  gib: readonly number[],
): Promise<Machine> {
  const dir = await mkdtemp(join(tmpdir(), "bbt-boots-"));
  lifetime.after(() => rm(dir, { recursive: true, force: true }));
  const disks = gib.map((_, index) => join(dir, `disk${index}.img`));
  for (const [index, disk] of disks.entries()) {
    const file = await open(disk, "w");
    await file.truncate((gib[index] ?? 0) * 2 ** 30);
    await file.close();
    await command("mkfs.ext4", "-q", "-F", disk);
  }
  return {
    async boot(script, { network, meanwhile } = {}) {
      const out = await mkdtemp(join(dir, "out-"));
      const places = { PACKAGE: packageRoot, ROOT: root, MODULES: join(root, "node_modules") };
      const env = { ...process.env, BLOCKBOX_GUEST: "1", PROGRAM: program, ...places };
      let said = "";
      const options = { cwd: "/", env, timeoutMs: 400_000, disks, out, network };
      const [{ code, timedOut }] = await Promise.all([
        runInGuest(["bash", "-c", `${prelude}${script}`], options, (text) => {
          said += text;
        }),
        meanwhile?.(out),
      ]);
      if (code !== 0) throw new Error(`the guest ended with ${timedOut ? "its time" : code}:\n${said}`);
      const text = (name: string) => readFile(join(out, name), "utf8");
      return {
        text,
        step: async (name) => ({ code: Number(await text(`${name}.code`)), output: await text(name) }),
        state: async (name) => recorded(await text(`${name}.json`)),
      };
    },
  };
}

function recorded(text: string): Recorded[] {
  const { checkpoint } = JSON.parse(text) as {
    checkpoint: { latest: { resources?: (Recorded & { type: string })[] } };
  };
  return (checkpoint.latest.resources ?? [])
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
}
