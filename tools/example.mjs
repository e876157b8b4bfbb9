import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runForeground } from "./lib/children.mjs";
import { whileLocked } from "./lib/lock.mjs";
import { root, stateDir } from "./lib/places.mjs";
import { quiet } from "./lib/quiet.mjs";

/** The example's program. */
const program = join(root, "examples/single-host");

/** `dev`, unless something that must not meet the user's own example says otherwise (tests). */
const stack = process.env.BLOCKBOX_EXAMPLE_STACK || "dev";

/** Everything that Pulumi keeps of this stack, away from the user's own ~/.pulumi. */
const folder = join(stateDir, `single-host-${stack}`);
const backend = join(folder, "backend");

/** Whether `npm start` has begun to make something that is not torn down yet. */
export const isStarted = () => existsSync(backend);

/**
 * The environment in which the plain CLI works on the example.
 * @param {import("./lib/environment.mjs").Environment} prepared
 */
function exampleEnvironment(prepared) {
  /** @type {import("./lib/environment.mjs").Environment} */
  const env = {
    ...prepared,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_STACK: stack,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // The CLI wants one for any stack of a local backend. It would protect secrets, and this example has none.
    PULUMI_CONFIG_PASSPHRASE: "blockbox-example",
  };
  delete env.PULUMI_CONFIG_PASSPHRASE_FILE;
  delete env.PULUMI_ACCESS_TOKEN;
  return env;
}

/**
 * Runs the CLI on the example's stack as the user would, on our terminal.
 * @param {readonly string[]} args
 * @param {import("./lib/environment.mjs").Environment} prepared
 * @returns {Promise<number>} its exit code
 */
export async function pulumi(args, prepared) {
  return runForeground("pulumi", args, { cwd: program, env: exampleEnvironment(prepared) });
}

/** @param {import("./lib/environment.mjs").Environment} prepared */
export async function selectStack(prepared) {
  mkdirSync(backend, { recursive: true });
  // Of two at once, the CLI would tell the second that the stack exists already.
  await whileLocked(folder, prepared, () =>
    quiet("pulumi", ["stack", "select", "--create", "--non-interactive", stack], {
      cwd: program,
      env: exampleEnvironment(prepared),
      timeoutMs: 60_000,
      what: `make the stack ${stack} of the example`,
    }),
  );
}

/**
 * @param {import("./lib/environment.mjs").Environment} prepared
 * @returns {Promise<Record<string, unknown>>}
 */
export async function stackOutputs(prepared) {
  const text = await quiet("pulumi", ["stack", "output", "--json"], {
    cwd: program,
    env: exampleEnvironment(prepared),
    timeoutMs: 60_000,
    what: "read the example's outputs",
  });
  return JSON.parse(text);
}

/**
 * Removes the stack, which the CLI refuses while it has resources, and then its state.
 * @param {import("./lib/environment.mjs").Environment} prepared
 */
export async function removeStack(prepared) {
  await quiet("pulumi", ["stack", "rm", "--yes", "--non-interactive", stack], {
    cwd: program,
    env: exampleEnvironment(prepared),
    timeoutMs: 60_000,
    what: `remove the stack ${stack} of the example`,
  });
  rmSync(folder, { recursive: true, force: true });
}

/** What to do when the CLI failed; its own words stand above. */
export const afterFailure = `
Pulumi did not finish; its words are above, and running the same command again goes on from here.
If it says that the stack is locked and no other command runs:   npm run pulumi -- cancel --yes
`;
