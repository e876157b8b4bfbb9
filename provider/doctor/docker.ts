import { BlockboxError } from "../errors.js";
import { run } from "../host/command.js";
import { findTool, installCommand } from "../host/tools.js";
import { lacking, ok, type Remedy } from "./check.js";
import { startCommand } from "./host.js";
import { lackOf } from "./programs.js";
import type { Check } from "./report.js";

/** Services in containers, as the examples' compose files have them. `timeoutMs`: for each question to the engine. */
export async function examineDocker(timeoutMs: number): Promise<Check[]> {
  const lack = lackOf(["docker"]);
  if (lack) return [lacking("docker", lack.words, { command: lack.command }), await composeCheck(timeoutMs)];
  return Promise.all([engineCheck(timeoutMs), composeCheck(timeoutMs)]);
}

async function engineCheck(timeoutMs: number): Promise<Check> {
  try {
    const { stdout } = await run("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutMs });
    return ok("engine", `answers, version ${stdout.trim()}`);
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    const found = error.code === "COMMAND_STALLED" ? `does not answer within ${timeoutMs / 1_000} s` : error.message;
    return lacking("engine", found, remedyOf(error));
  }
}

function remedyOf({ code, message }: BlockboxError): Remedy {
  if (/permission denied/i.test(message)) {
    return { command: "sudo usermod --append --groups docker $USER", advice: "Then log in again; or run as root." };
  }
  const start = startCommand("docker", "dockerd");
  return code === "COMMAND_STALLED" ? { command: start.replace(" start ", " restart ") } : { command: start };
}

/** The plugin, or the older program of its own. */
async function composeCheck(timeoutMs: number): Promise<Check> {
  const version = findTool("docker") && (await answerOf(["compose", "version", "--short"], timeoutMs));
  if (version !== undefined) return ok("compose", `docker compose, version ${version}`);
  if (findTool("docker-compose") !== undefined) return ok("compose", "docker-compose");
  return lacking("compose", "there is neither `docker compose` nor docker-compose", {
    command: installCommand("docker-compose"),
  });
}

/** Nothing where docker has no such command. */
async function answerOf(args: readonly string[], timeoutMs: number): Promise<string | undefined> {
  try {
    return (await run("docker", args, { timeoutMs })).stdout.trim();
  } catch (error) {
    if (BlockboxError.is(error)) return undefined;
    throw error;
  }
}
