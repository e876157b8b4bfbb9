import assert from "node:assert/strict";
import { join } from "node:path";
import { execa } from "execa";
import { type Check, type Report, reportSchema, type ServiceName } from "../../provider/doctor/report.js";
import { packageRoot } from "./paths.js";
import { lacking } from "./provider.js";

export interface DoctorOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Programs that the host does not have, wherever it is looked for them. */
  readonly lacks?: readonly string[];
  /** A host of its own for it, as far as unshare(1) with these options makes one, and what a shell prepares in it. */
  readonly inside?: { readonly unshare: readonly string[]; readonly prepare: string };
}

export interface DoctorAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of what a developer's shell says of a Cinder or of Docker. */
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(OS_|CINDER|DOCKER_|XDG_)/.test(name)),
);

/** The command line as it is shipped: what it prints, and how it ends. */
export async function runCommand(args: readonly string[], options: DoctorOptions = {}): Promise<DoctorAnswer> {
  const { env = {}, lacks = [], inside } = options;
  const bin = join(packageRoot, "dist/provider/cli/bin.js");
  const [program, programArgs] = lacking(lacks, process.execPath, [bin, ...args]);
  const [command, commandArgs] = inside
    ? ["unshare", [...inside.unshare, "sh", "-c", `${inside.prepare}\n"$@"`, "sh", program, ...programArgs]]
    : [program, programArgs];
  const { exitCode, stdout, stderr } = await execa(command, commandArgs, {
    env: { ...cleanEnvironment, ...env },
    extendEnv: false,
    reject: false,
    timeout: 120_000,
    stdin: "ignore",
  });
  assert.ok(exitCode !== undefined, stderr);
  return { exitCode, stdout, stderr };
}

/** As `runCommand` with --json: a report of the documented shape, and an exit code that is as it says. */
export async function reportOf(args: readonly string[], options: DoctorOptions = {}): Promise<Report> {
  const { exitCode, stdout, stderr } = await runCommand(["doctor", ...args, "--json"], options);
  assert.equal(stderr, "");
  const report = reportSchema.parse(JSON.parse(stdout));
  assert.equal(exitCode, report.usable ? 0 : 1);
  for (const { usable, checks } of report.services) {
    assert.equal(
      usable,
      checks.every(({ state }) => state !== "lacking"),
    );
    const names = checks.map(({ name, subject }) => `${name} ${subject}`);
    assert.equal(new Set(names).size, names.length, names.join());
    for (const { state, command, advice, ...check } of checks) {
      assert.equal(state === "ok", command === undefined && advice === undefined, JSON.stringify(check));
    }
  }
  return report;
}

/** A service's checks of that name. */
export function checksOf(report: Report, service: ServiceName, name: string): Check[] {
  const found = report.services.find((one) => one.name === service);
  assert.ok(found, `nothing about ${service}`);
  return found.checks.filter((check) => check.name === name);
}

/** The only one. */
export function checkOf(report: Report, service: ServiceName, name: string): Check {
  const [check, ...others] = checksOf(report, service, name);
  assert.ok(check && others.length === 0, `${name}: ${JSON.stringify(report)}`);
  return check;
}
