import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { rigFor } from "../support/cinder/rigFor.js";
import { mountsUnder } from "../support/cleanup.js";
import { root } from "../support/paths.js";
import { until } from "../support/until.js";

describe("Cinder from PyPI with its services apart", () => {
  const { rig, raw } = rigFor({ services: "apart", backends: ["faults"] });

  it("a volume stays creating while cinder-volume is gone, and comes with it", async () => {
    // A service that was never heard to take work may not have its queue yet, and what is sent then is lost.
    await raw().untilStatus("volumes", await raw().volume({}), "available");
    await rig().volumeService?.stop();
    const id = await raw().volume({});
    await setTimeout(1_500);
    assert.equal((await raw().row("volumes", id))?.status, "creating");
    await rig().volumeService?.start();
    await raw().untilStatus("volumes", id, "available");
  });
});

describe("Cinder with a Keystone", () => {
  const tokenSeconds = 8;
  const { rig } = rigFor({ auth: "keystone", tokenSeconds });
  const status = async (token?: string) =>
    (await fetch(`${rig().endpoint}/volumes`, { headers: token ? { "x-auth-token": token } : {} })).status;

  it("a token is wanted, and only while it is good", async () => {
    const { keystone } = rig();
    assert.ok(keystone);
    assert.equal(await status(), 401);
    const [short, revoked] = [await keystone.token(keystone.member), await keystone.token(keystone.member)];
    assert.equal(await status(revoked), 200);
    await keystone.revoke(revoked);
    assert.equal(await status(revoked), 401);
    await setTimeout(tokenSeconds * 1_000);
    assert.equal(await status(short), 401);
  });

  it("an application credential gives a token; the catalogue has Cinder", async () => {
    const { keystone, endpoint } = rig();
    assert.ok(keystone);
    const identity = {
      methods: ["application_credential"],
      application_credential: await keystone.applicationCredential("rig"),
    };
    const response = await fetch(`${keystone.url}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ auth: { identity } }),
    });
    assert.equal(await status(response.headers.get("x-subject-token") ?? ""), 200);
    const { token } = (await response.json()) as {
      token: { catalog: { type: string; endpoints: { url: string }[] }[] };
    };
    assert.equal(token.catalog.find(({ type }) => type === "block-storage")?.endpoints[0]?.url, endpoint);
  });
});

describe("Debian's Cinder", () => {
  const { rig, raw } = rigFor({ release: "debian" });

  it("knows requests up to 3.70, and makes a volume", async () => {
    const { versions } = (await rig().call("GET", "/")).body as { versions: { version: string }[] };
    assert.equal(versions[0]?.version, "3.70");
    const id = await raw().volume({ volume_type: await raw().type("nfs") });
    await raw().untilStatus("volumes", id, "available");
    await raw().remove("volumes", id);
    await raw().untilStatus("volumes", id, "gone");
  });
});

describe("a rig whose owner is killed", () => {
  it("goes with all its processes, mounts and files", async () => {
    const owner = spawn(process.execPath, ["--import", "tsx", join(root, "test/rig/start.ts")], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let folder = "";
    for await (const line of createInterface({ input: owner.stdout })) {
      folder = /^logs: (.*)\/log$/.exec(line)?.[1] ?? "";
      if (folder !== "") break;
    }
    assert.ok((await mountsUnder(folder)).length > 0);
    owner.kill("SIGKILL");
    await until("the folder is gone", () => !existsSync(folder));
    assert.deepEqual(await mountsUnder(folder), []);
    assert.deepEqual(await processesOf(folder), []);
  });
});

/** Those that name it in their command line or environment. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [words, environment] = [await read("cmdline"), await read("environ")];
    if (`${words}${environment}`.includes(folder)) found.push(words.replaceAll("\0", " "));
  }
  return found;
}
