import { join } from "node:path";
import { until } from "../until.js";
import type { Api } from "./api.js";
import { type Ground, type Running, rigFolder } from "./ground.js";
import { untilReady } from "./waiting.js";

export interface VolumeService {
  /**
   * Kills cinder-volume with all its processes: its orderly end takes from no time to for ever. It counts as up for
   * some seconds more: see `untilDown`.
   */
  stop(): Promise<void>;
  /** Starts it again; it and all its backends are up when this resolves. */
  start(): Promise<void>;
  /** Waits until Cinder itself has noticed that it is gone. */
  untilDown(): Promise<void>;
}

/** What a test may do to Cinder's processes, by how they were started. */
export interface Services {
  /** Where they are apart. */
  readonly volumeService?: VolumeService;
  /** Where they are one: ends it with all that it started, and starts it again; all pools are reported when this resolves. */
  readonly restart?: (signal: NodeJS.Signals) => Promise<void>;
}

interface Place {
  readonly ground: Ground;
  readonly python: string;
  /** Of configuration. */
  readonly files: readonly string[];
}

/** Cinder's services, in one process or each in its own; they have reported all pools when this resolves. */
export async function startServices(
  how: "together" | "apart",
  place: Place,
  api: Api,
  backends: readonly string[],
): Promise<Services> {
  const reportsAll = async () => (await api.pools()).length === backends.length;
  if (how === "together") {
    let running = await startTogether(place, reportsAll);
    return {
      async restart(signal) {
        await running.end(signal);
        running = await startTogether(place, reportsAll);
      },
    };
  }
  const [, , volume] = (["api", "scheduler", "volume"] as const).map((name) => runService(place, name));
  await untilReady(volume as Running, "reporting all pools", reportsAll);
  return { volumeService: volumeService(place, api, volume as Running) };
}

async function startTogether(place: Place, reportsAll: () => Promise<boolean>): Promise<Running> {
  const running = run(place, "cinder", ["together.py"]);
  await untilReady(running, "reporting all pools", reportsAll);
  return running;
}

function volumeService(place: Place, api: Api, first: Running): VolumeService {
  let running = first;
  return {
    stop: () => running.end("SIGKILL"),
    async start() {
      if (!running.ended()) throw new Error("cinder-volume runs already");
      const begin = Date.now();
      running = runService(place, "volume");
      // A row's time has whole seconds.
      await untilReady(running, "up", async () => {
        const services = await api.volumeServices();
        return services.every(({ state, updated }) => state === "up" && updated > begin + 1_000);
      });
    },
    untilDown: () =>
      until(
        "cinder-volume counts as down",
        async () => (await api.volumeServices()).every(({ state }) => state === "down"),
        { limitMs: 30_000, everyMs: 250 },
      ),
  };
}

const runService = (place: Place, name: "api" | "scheduler" | "volume") =>
  run(place, `cinder-${name}`, ["service.py", name]);

function run({ ground, python, files }: Place, name: string, [program = "", ...words]: string[]): Running {
  const configuration = files.flatMap((file) => ["--config-file", file]);
  const env = { RIG_PYTHON: python, PATH: `${join(rigFolder, "bin")}:${process.env.PATH}` };
  return ground.run(name, python, [join(rigFolder, program), ...words, ...configuration], { env });
}
