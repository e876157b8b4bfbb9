import assert from "node:assert/strict";
import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import { root } from "../paths.js";
import { linkPackage } from "../programDir.js";
import { Readme } from "../readme.js";
import { until } from "../until.js";
import { type Engine, startEngine } from "./engine.js";
import { imagesOfBlockBox } from "./images.js";

/** What `docker inspect` says of a container, as far as it is used here. */
export interface Container {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Pid: number;
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string; readonly Log: { readonly Output: string }[] };
  };
  readonly Config: { readonly Labels: Record<string, string> };
  readonly NetworkSettings: {
    readonly Ports: Record<string, { readonly HostIp: string; readonly HostPort: string }[]>;
  };
}

type Example = "block-box" | "second-backend";

/** What of the examples' compose files this machine cannot do, in another way. */
const overrides: Record<Example, string> = { "block-box": "nfs.yml", "second-backend": "second.yml" };

/** Copies of the examples, with an engine of their own that has the images. */
export class BlockBox {
  readonly engine: Engine;
  readonly #env: Record<string, string>;

  private constructor(engine: Engine) {
    this.engine = engine;
    const { folder } = engine;
    this.#env = {
      ...(Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(OS_|CINDER|DOCKER_|COMPOSE_|BLOCK_BOX_|PULUMI_)/.test(name)),
      ) as Record<string, string>),
      ...engine.env,
      BBT_FILES: join(root, "test/compose"),
      BBT_EMPTY: join(folder, "empty"),
      TMPDIR: join(folder, "tmp"),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "bbt",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      NO_COLOR: "1",
    };
  }

  static async start(): Promise<BlockBox> {
    const images = await imagesOfBlockBox();
    const engine = await startEngine("own");
    try {
      await engine.docker("load", "--input", images);
      const box = new BlockBox(engine);
      for (const name of ["empty", "tmp", "home", "state"]) await mkdir(join(engine.folder, name));
      for (const example of ["block-box", "second-backend"] as const) await box.#copy(example);
      return box;
    } catch (error) {
      await engine.clear();
      throw error;
    }
  }

  async #copy(example: Example): Promise<void> {
    const folder = this.folder(example);
    const original = join(root, "examples", example);
    const isPart = (path: string) => !/^(node_modules|Pulumi\..+\.yaml)$/.test(basename(path));
    await cp(original, folder, { recursive: true, filter: isPart });
    await linkPackage(folder);
  }

  folder(example: Example): string {
    return join(this.engine.folder, "examples", example);
  }

  readme(example: Example, after: (body: () => void) => void): Readme {
    return new Readme(join(this.folder(example), "README.md"), {
      cwd: this.engine.folder,
      env: this.#environment(example),
      after,
    });
  }

  #environment(example: Example): Record<string, string> {
    return { ...this.#env, COMPOSE_FILE: `compose.yml:${this.override(example)}` };
  }

  override(example: Example): string {
    return join(root, "test/compose", overrides[example]);
  }

  /** Runs a command in the folder of an example, with what an .rc file of block-box exports. */
  async run(example: Example, words: readonly string[], rc = "cinder.rc"): Promise<string> {
    const script = '. "$0" && "$@"';
    const { exitCode, all } = await execa("bash", ["-c", script, join(this.folder("block-box"), rc), ...words], {
      ...{ cwd: this.folder(example), env: this.#environment(example), extendEnv: false },
      ...{ stdin: "ignore", all: true, reject: false, timeout: 300_000 },
    });
    assert.equal(exitCode, 0, `${words.join(" ")}:\n${all}`);
    return all;
  }

  /** Asks Cinder, without Keystone. */
  async ask<Answer>(path: string): Promise<Answer> {
    const words = ["curl", "--silent", "--fail", "--header", "X-Auth-Token: admin:admin"];
    return JSON.parse(await this.run("block-box", [...words, `http://127.0.0.1:8776/v3${path}`])) as Answer;
  }

  /** By service, those of both examples. */
  async containers(): Promise<Map<string, Container>> {
    const ids = (await this.engine.docker("ps", "--all", "--quiet")).split("\n").filter((id) => id !== "");
    if (ids.length === 0) return new Map();
    const all = JSON.parse(await this.engine.docker("inspect", ...ids)) as Container[];
    return new Map(all.map((one) => [one.Config.Labels["com.docker.compose.service"] ?? one.Id, one]));
  }

  async container(service: string): Promise<Container> {
    const found = (await this.containers()).get(service);
    if (found === undefined) throw new Error(`there is no container of ${service}`);
    return found;
  }

  /** Waits until all services are: those that run are healthy, and those that end have ended well. */
  async untilHealthy(): Promise<void> {
    const isWell = ({ State: { Status, ExitCode, Health } }: Container) =>
      Health === undefined
        ? Status === "exited" && ExitCode === 0
        : Status === "running" && Health.Status === "healthy";
    const all = async () => [...(await this.containers()).values()];
    await until("all containers are healthy", async () => (await all()).every(isWell), {
      limitMs: 180_000,
      everyMs: 500,
    }).catch(async (error: Error) => {
      const ill = (await all()).filter((one) => !isWell(one));
      const words = ill.map(async ({ Id, State, Config }) => {
        const logs = await execa("docker", ["logs", "--tail", "20", Id], { env: this.engine.env, all: true });
        return `${Config.Labels["com.docker.compose.service"]}: ${JSON.stringify(State)}\n${logs.all}`;
      });
      throw new Error([error.message, ...(await Promise.all(words))].join("\n\n"));
    });
  }

  /** Kills a container's main process from outside, and waits for the restart policy to have brought it back. */
  async kill(service: string): Promise<void> {
    const { RestartCount, State } = await this.container(service);
    await this.engine.inside("kill", "-KILL", String(State.Pid));
    await until(`${service} was started again`, async () => {
      const now = await this.container(service);
      return now.RestartCount === RestartCount + 1 && now.State.Status === "running";
    });
    await this.untilHealthy();
  }
}
