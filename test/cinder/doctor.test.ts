import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import { startProxy } from "../support/cinder/proxy.js";
import { rigFor } from "../support/cinder/rigFor.js";
import { checkOf, checksOf, reportOf, runCommand } from "../support/doctor.js";

const folder = mkdtempSync(join(tmpdir(), "bbt-doctor-"));
after(() => rmSync(folder, { recursive: true }));

const short = ["--timeout", "3"];

/** The address of a server that stands there until the test ends. */
async function served(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the doctor, and a Cinder that anybody may ask", () => {
  const { rig } = rigFor({ backends: ["faults", "nfs"] });

  it("tells where it looked, what is spoken, and of each service and pool, with what is free", async () => {
    const report = await reportOf(["cinder"], {
      env: { CINDER_ENDPOINT: rig().endpoint, OS_PROJECT_ID: rig().project },
    });
    assert.equal(report.usable, true);
    const found = (name: string) => checkOf(report, "cinder", name).found;
    assert.equal(found("configuration"), `${rig().endpoint}, project ${rig().project}`);
    assert.match(found("microversion"), /^3\.71 is spoken; blockbox knows 3\.67 to 3\.71$/);
    assert.equal(found("credentials"), "accepted");
    const services = checksOf(report, "cinder", "volume service").map(({ subject, state }) => [subject, state]);
    assert.deepEqual(services, [
      ["rig@faults", "ok"],
      ["rig@nfs", "ok"],
    ]);
    const pool = checksOf(report, "cinder", "pool").find(({ subject }) => subject === "rig@faults#faults");
    // in test/rig/faultsDriver.py
    assert.equal(pool?.found, "50 GiB free of 100 GiB, room for 1000 GiB of volumes; volume_backend_name faults");
  });

  const clouds = () => {
    const file = join(folder, "clouds.yaml");
    const lab = { auth_type: "none", auth: { endpoint: rig().endpoint, project_id: "0dd" } };
    writeFileSync(
      file,
      JSON.stringify({ clouds: { lab, gone: { ...lab, auth: { endpoint: "http://127.0.0.1:9" } } } }),
    );
    return { OS_CLIENT_CONFIG_FILE: file };
  };
  const places: [what: string, args: () => string[], env: () => Record<string, string>][] = [
    ["--endpoint", () => ["--endpoint", rig().endpoint], () => ({ OS_PROJECT_ID: "0dd" })],
    [
      "--endpoint, which overrules the environment",
      () => ["--endpoint", rig().endpoint],
      () => ({ ...clouds(), OS_CLOUD: "gone", CINDER_ENDPOINT: "http://127.0.0.1:9", OS_PROJECT_ID: "0dd" }),
    ],
    ["--cloud", () => ["--cloud", "lab"], clouds],
    [
      "--cloud, beside which the environment does not count",
      () => ["--cloud", "lab"],
      () => ({ ...clouds(), CINDER_ENDPOINT: "http://127.0.0.1:9" }),
    ],
    ["OS_CLOUD", () => [], () => ({ ...clouds(), OS_CLOUD: "lab" })],
  ];
  for (const [what, args, env] of places) {
    it(`is found by ${what}`, async () => {
      const report = await reportOf(["cinder", ...args()], { env: env() });
      assert.equal(checkOf(report, "cinder", "configuration").found, `${rig().endpoint}, project 0dd`);
      assert.equal(report.usable, true);
    });
  }

  it("alone makes the whole of it usable, on a host without lvm2", async () => {
    const report = await reportOf(["--endpoint", rig().endpoint], { lacks: ["lvm"] });
    assert.equal(report.usable, true);
    assert.deepEqual(
      ["lvm", "cinder"].map((wanted) => report.services.find(({ name }) => name === wanted)?.usable),
      [false, true],
    );
  });

  it("a service that is switched off is warned of while another works, with the command that switches it on", async () => {
    const body = { binary: "cinder-volume", host: "rig@nfs", disabled_reason: "a test" };
    assert.equal((await rig().call("PUT", "/os-services/disable-log-reason", body)).status, 200);
    const report = await reportOf(["cinder", "--endpoint", rig().endpoint]);
    const check = checksOf(report, "cinder", "volume service").find(({ subject }) => subject === "rig@nfs");
    assert.equal(check?.state, "warning");
    assert.equal(check.command, "cinder service-enable rig@nfs cinder-volume");
    assert.equal(report.usable, true);
    await rig().call("PUT", "/os-services/disable-log-reason", { ...body, host: "rig@faults" });
    const none = await reportOf(["cinder", "--endpoint", rig().endpoint]);
    assert.equal(none.usable, false);
    for (const host of ["rig@nfs", "rig@faults"])
      await rig().call("PUT", "/os-services/enable", { binary: "cinder-volume", host });
  });

  it("only asks: no request of it but GET", async () => {
    await using proxy = await startProxy(rig().endpoint);
    await reportOf(["cinder", "--endpoint", proxy.endpoint]);
    const requests = proxy.journal.requests.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(requests, ["GET /", "GET /v3/os-services", "GET /v3/scheduler-stats/get_pools"]);
  });

  it("an older Cinder is told as such", async () => {
    await using proxy = await startProxy(rig().endpoint);
    proxy.break({
      path: /^\/$/,
      fault: {
        kind: "change",
        change: (answer) => {
          answer.body = Buffer.from(answer.body.toString().replaceAll('"3.71"', '"3.66"'));
        },
      },
    });
    const check = checkOf(await reportOf(["cinder", "--endpoint", proxy.endpoint]), "cinder", "microversion");
    assert.equal(check.state, "lacking");
    assert.match(check.found, /newest microversion is 3\.66, blockbox needs 3\.67 \(Yoga\) or newer/);
    assert.equal(check.advice, "Use a newer Cinder.");
  });
});

describe("the doctor, and a Keystone", () => {
  const { rig } = rigFor({ auth: "keystone", backends: ["faults"] });

  const openrc = (): Record<string, string> => {
    const { keystone } = rig();
    assert.ok(keystone);
    const { user, password, project } = keystone.member;
    return {
      OS_AUTH_URL: keystone.url,
      OS_USERNAME: user,
      OS_PASSWORD: password,
      OS_PROJECT_NAME: project,
      OS_USER_DOMAIN_ID: "default",
      OS_PROJECT_DOMAIN_ID: "default",
    };
  };

  it("a project's member is told that it may be used, and what only administrators are told", async () => {
    const report = await reportOf(["cinder"], { env: openrc() });
    assert.equal(report.usable, true);
    assert.equal(checkOf(report, "cinder", "credentials").state, "ok");
    for (const name of ["volume service", "pool"]) {
      assert.match(checkOf(report, "cinder", name).found, /to administrators only/);
    }
  });

  it("a wrong password is told as such, and no secret with it", async () => {
    const env = { ...openrc(), OS_PASSWORD: "hunter2-hunter2" };
    const check = checkOf(await reportOf(["cinder"], { env }), "cinder", "credentials");
    assert.equal(check.state, "lacking");
    for (const args of [
      ["doctor", "cinder"],
      ["doctor", "cinder", "--json"],
    ]) {
      const { stdout, stderr } = await runCommand(args, { env });
      assert.doesNotMatch(stdout + stderr, /hunter2/);
    }
  });

  it("a right one is shown no more than a wrong one", async () => {
    const { OS_PASSWORD = "" } = openrc();
    const { stdout, stderr } = await runCommand(["doctor", "cinder"], { env: openrc() });
    assert.equal((stdout + stderr).includes(OS_PASSWORD), false);
  });
});

describe("the doctor, and no Cinder", () => {
  it("where nothing says where one is: the ways to say it", async () => {
    const check = checkOf(await reportOf(["cinder"], { env: { HOME: folder } }), "cinder", "configuration");
    assert.equal(check.state, "lacking");
    assert.match(check.found, /Nothing says where the block service is.*CINDER_ENDPOINT/);
    assert.equal(check.command, "npx pulumi-blockbox doctor cinder --endpoint http://HOST:8776/v3");
  });

  it("a cloud that is none, an address that is none, credentials in one", async () => {
    const env = { HOME: folder };
    const found = async (...args: string[]) => {
      const check = checkOf(await reportOf(["cinder", ...args], { env }), "cinder", "configuration");
      assert.equal(check.state, "lacking");
      return check.found;
    };
    assert.match(await found("--cloud", "none"), /The cloud "none".*is not described/);
    assert.match(await found("--endpoint", "nowhere"), /The endpoint "nowhere" cannot be used/);
    assert.doesNotMatch(await found("--endpoint", "http://me:hunter2@127.0.0.1:9"), /hunter2/);
  });

  it("nobody answers there", async () => {
    const check = checkOf(await reportOf(["cinder", "--endpoint", "http://127.0.0.1:9"]), "cinder", "reachable");
    assert.equal(check.state, "lacking");
    assert.match(check.found, /no connection: .*ECONNREFUSED/);
    assert.match(check.advice ?? "", /Is the service running there/);
  });

  it("one that hangs holds nobody up", { timeout: 60_000 }, async (t) => {
    const server = createServer((socket) => t.after(() => socket.destroy()));
    const endpoint = await served(t, server);
    const check = checkOf(await reportOf(["cinder", "--endpoint", endpoint, ...short]), "cinder", "reachable");
    assert.equal(check.state, "lacking");
    assert.match(check.found, /no answer came within 3 s/);
  });

  it("a page is no Cinder", async (t) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html><title>Welcome</title></html>");
    });
    const endpoint = await served(t, server);
    const check = checkOf(await reportOf(["cinder", "--endpoint", endpoint]), "cinder", "reachable");
    assert.equal(check.state, "lacking");
    assert.match(check.found, /its answer is no JSON/);
    assert.match(check.advice ?? "", /the address of a Cinder\?/);
  });
});
