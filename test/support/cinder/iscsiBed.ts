import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Declared, Deployment, Ref } from "../deployment.js";
import type { Props } from "../rpc.js";
import { command } from "../system.js";
import { type CinderBed, cinderBed } from "./bed.js";
import type { Answer } from "./faults.js";

export type Helper = "lio" | "tgt";
export const helpers: readonly Helper[] = ["lio", "tgt"];

let cinder: (() => CinderBed) | undefined;

/** The Cinder of all tests of this process that attach to this host: its start takes longer than most of them. */
export function iscsiCinder(): () => CinderBed {
  cinder ??= cinderBed({ backends: helpers });
  return cinder;
}

/** What of this host an Attachment could leave. */
export interface Left {
  sessions: string[];
  disks: string[];
  records: string[];
  mounts: string[];
  notes: string[];
}

/** The Attachments of one test: a stack, and a folder to mount in. */
export interface IscsiBed {
  readonly deployment: Deployment;
  path(name: string): string;
  /** A Backend of that kind of target. */
  pool(helper: Helper, inputs?: Props): Declared;
  /** Of 1 GiB, unless said. */
  volume(name: string, helper: Helper, inputs?: Props | ((ref: Ref) => Props)): Declared;
  snapshot(name: string, volume: string): Declared;
  attachment(name: string, volume: string, inputs?: Props): Declared;
}

export function makeIscsiBed(cinder: Pick<CinderBed, "deployment">): IscsiBed {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "bbt-iscsi-")));
  mkdirSync(dir, { recursive: true });
  const path = (name: string) => join(dir, name);
  return {
    deployment: cinder.deployment(),
    path,
    pool: (helper, inputs = {}) => ({
      kind: "Backend",
      name: helper,
      inputs: { cinder: { volumeBackendName: helper, ...inputs } },
    }),
    volume: (name, helper, inputs = {}) => ({
      kind: "Volume",
      name,
      backend: helper,
      inputs: (ref) => ({ backend: ref(helper), size: 1, ...(typeof inputs === "function" ? inputs(ref) : inputs) }),
    }),
    snapshot: (name, volume) => ({ kind: "Snapshot", name, inputs: (ref) => ({ volume: ref(volume) }) }),
    attachment: (name, volume, inputs = {}) => ({
      kind: "Attachment",
      name,
      inputs: (ref) => ({ volume: ref(volume), mount: { path: path(name) }, ...inputs }),
    }),
  };
}

/** Connection information as Cinder names it. */
export type Info = Record<string, unknown>;

/** Changes the connection information that Cinder answers with; what it exports stays as it is. */
export function changed(change: (info: Info) => void): (answer: Answer) => void {
  return (answer) => {
    const body = JSON.parse(answer.body.toString("utf8")) as { attachment?: { connection_info?: Info | null } };
    if (body.attachment?.connection_info) change(body.attachment.connection_info);
    answer.body = Buffer.from(JSON.stringify(body));
  };
}

/** What is left on this host of any attachment. */
export function leftHere(): Left {
  return {
    sessions: namesIn("/sys/class/iscsi_session").map((name) =>
      readFileSync(`/sys/class/iscsi_session/${name}/targetname`, "utf8").trim(),
    ),
    disks: namesIn("/sys/block").filter((name) => name.startsWith("sd")),
    records: namesIn("/etc/iscsi/nodes"),
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => / \/dev\/sd/.test(line)),
    notes: namesIn("/run/lock/blockbox").filter((name) => name.startsWith("attachment-")),
  };
}

export const nothing: Left = { sessions: [], disks: [], records: [], mounts: [], notes: [] };

export function assertNothingHere(what: string): void {
  assert.deepEqual(leftHere(), nothing, what);
}

/** As a reboot leaves it: neither mount nor session, nor what stands in /run. Records in /etc stay. */
export async function asAfterReboot(target: string, mount: string | undefined): Promise<void> {
  if (mount !== undefined) await command("umount", mount);
  await command("iscsiadm", "-m", "node", "-T", target, "--logout");
  await command("find", "/run/lock/blockbox", "-name", "attachment-*", "-delete");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
