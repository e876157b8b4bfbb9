import { Deployment, type Kind, type Program } from "../deployment.js";
import { CallError } from "../rpc.js";
import { until } from "../until.js";
import type { CinderRig } from "./options.js";
import { OwnProject } from "./ownProject.js";

/** A deployment in a Cinder project of its own. */
export class Stage {
  readonly project: OwnProject;
  readonly deployment: Deployment;

  constructor(rig: CinderRig, { endpoint, settings }: { endpoint?: string; settings?: Record<string, string> } = {}) {
    this.project = new OwnProject(rig);
    const config = this.project.config(endpoint, settings);
    this.deployment = new Deployment({ stack: this.project.named("stack"), config });
  }

  id(name: string): string {
    return this.deployment.get(name).id;
  }

  /** Brings the deployment to a program; an empty one is a destroy, as the engine does it. */
  async run(program: Program): Promise<void> {
    await (program.length === 0 ? this.deployment.destroy() : this.deployment.up(program));
  }

  /** What a user is told when that fails; nothing if it does not. */
  async told(program: Program): Promise<{ message: string; isInit: boolean } | undefined> {
    try {
      await this.run(program);
      return undefined;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return { message: error.init?.reasons.join("\n") ?? error.message, isInit: error.init !== undefined };
    }
  }

  /** Another provider process, as the next run has it. */
  async renew(): Promise<void> {
    await this.deployment.release();
    await this.deployment.keep();
  }

  /** Waits for the quiet moment in which marks go. */
  untilNoMarks(): Promise<void> {
    return until("no marks are left", async () => (await this.project.marks()).length === 0, {
      limitMs: 15_000,
      everyMs: 250,
    });
  }

  /** Out of band: what the driver is to do with the resource from now on; nothing: what it should. */
  async setFault(name: string, words: string | undefined): Promise<void> {
    const { kind, id } = this.deployment.get(name);
    const path = `/${plural(kind)}/${id}/metadata`;
    if (words === undefined) await this.project.call("DELETE", `${path}/fault`);
    else await this.project.call("POST", path, { metadata: { fault: words } });
  }

  /** What an administrator does once the cause of an error is gone. */
  async reset(name: string, status: string): Promise<void> {
    const { kind, id } = this.deployment.get(name);
    await this.project.call("POST", `/${plural(kind)}/${id}/action`, { "os-reset_status": { status } });
  }
}

function plural(kind: Kind): string {
  return `${kind.toLowerCase()}s`;
}
