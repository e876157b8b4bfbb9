import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after, beforeEach } from "node:test";
import { configure } from "../../provider/configuration.js";
import { type Settings, settingsFor } from "../../provider/services/cinder/client/settings.js";

const folder = mkdtempSync(join(tmpdir(), "bbt-settings-"));
after(() => rmSync(folder, { recursive: true }));

let place = "";
let places = 0;

/** Every test has a home and a working directory of its own, and an environment without a word of OpenStack. */
beforeEach(() => {
  places += 1;
  place = join(folder, `${places}`);
  mkdirSync(join(place, "work"), { recursive: true });
  process.chdir(join(place, "work"));
  for (const name of Object.keys(process.env)) {
    if (/^(OS_|CINDER|XDG_)/.test(name)) delete process.env[name];
  }
  process.env.HOME = place;
  process.env.XDG_CONFIG_DIRS = join(place, "xdg");
  configure(() => undefined);
});

interface Given {
  config?: Record<string, string>;
  environment?: Record<string, string>;
  files?: Record<string, string>;
}

function settings({ config = {}, environment = {}, files = {} }: Given, cloud?: string): Settings {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  Object.assign(process.env, environment);
  configure((key) => config[key]);
  return settingsFor(cloud);
}

const clouds = `
clouds:
  lab:
    auth_type: none
    auth: { endpoint: "http://lab:8776/v3" }
    region_name: one
  prod:
    auth:
      auth_url: https://prod:5000
      username: alice
      user_domain_name: users
      project_name: shop
      project_domain_id: default
    region_name: north
    interface: internal
    cacert: /prod.pem
    verify: false
`;
const prod: Settings = {
  authUrl: "https://prod:5000",
  username: "alice",
  userDomainName: "users",
  projectName: "shop",
  projectDomainId: "default",
  region: "north",
  interface: "internal",
  caCert: "/prod.pem",
  insecure: true,
};
const here = { "work/clouds.yaml": clouds };

const rows: [what: string, given: Given, wanted: Settings][] = [
  ["nothing", {}, {}],
  [
    "block-box's cinder.rc",
    {
      environment: {
        OS_AUTH_SYSTEM: "noauth",
        CINDER_ENDPOINT: "http://127.0.0.1:8776/v3",
        OS_PROJECT_ID: "myproject",
        OS_USERNAME: "bubba",
        OS_VOLUME_API_VERSION: "3.44",
      },
    },
    { authType: "noauth", endpoint: "http://127.0.0.1:8776/v3", project: "myproject", username: "bubba" },
  ],
  ["block-box's older word", { environment: { CINDERCLIENT_BYPASS_URL: "http://old" } }, { endpoint: "http://old" }],
  [
    "the newer words come first",
    { environment: { CINDERCLIENT_BYPASS_URL: "http://old", CINDER_ENDPOINT: "http://new" } },
    { endpoint: "http://new" },
  ],
  [
    "the configuration before the environment, key by key",
    {
      config: { endpoint: "http://config", maxInFlight: "3", requestTimeout: "1.5", insecure: "false" },
      environment: { CINDER_ENDPOINT: "http://env", OS_PROJECT_ID: "p" },
    },
    { endpoint: "http://config", project: "p", maxInFlight: 3, requestTimeout: 1.5, insecure: false },
  ],
  ["blanks are nothing, and are cut off", { config: { endpoint: " ", user: " u\n" } }, { user: "u" }],
  ["a password is taken as it is", { config: { password: " p " } }, { password: " p " }],
  [
    "a user in the configuration is not the environment's user",
    { config: { user: "bob" }, environment: { OS_USERNAME: "alice", OS_USER_ID: "0" } },
    { user: "bob" },
  ],
  [
    "a password in the configuration is not the environment's application credential",
    {
      config: { password: "p" },
      environment: { OS_APPLICATION_CREDENTIAL_ID: "i", OS_APPLICATION_CREDENTIAL_SECRET: "s" },
    },
    { password: "p" },
  ],
  [
    "an application credential's secret may be configured alone",
    { config: { applicationCredentialSecret: "s" }, environment: { OS_APPLICATION_CREDENTIAL_ID: "i" } },
    { applicationCredentialSecret: "s", applicationCredentialId: "i" },
  ],
  ["one cloud in the file is not used unless it is named", { files: here }, {}],
  ["OS_CLOUD", { files: here, environment: { OS_CLOUD: "prod" } }, prod],
  [
    "OS_CLOUD and the environment over it",
    { files: here, environment: { OS_CLOUD: "prod", OS_REGION_NAME: "south", OS_PROJECT_ID: "p" } },
    (({ projectName: _name, ...rest }) => ({ ...rest, region: "south", project: "p" }))(prod),
  ],
  [
    "a configured cloud: the environment does not count",
    { files: here, config: { cloud: "prod", region: "west" }, environment: { OS_PASSWORD: "p", OS_CLOUD: "lab" } },
    { ...prod, region: "west" },
  ],
  [
    "a configured endpoint: OS_CLOUD does not count",
    { files: here, config: { endpoint: "http://mine" }, environment: { OS_CLOUD: "prod" } },
    { endpoint: "http://mine" },
  ],
  [
    "a configured Keystone: the environment's endpoint does not count",
    { config: { authUrl: "http://k" }, environment: { CINDER_ENDPOINT: "http://env", OS_REGION_NAME: "r" } },
    { authUrl: "http://k", region: "r" },
  ],
  [
    "a configured endpoint goes with the environment's Keystone",
    { config: { endpoint: "http://mine" }, environment: { OS_AUTH_URL: "http://k" } },
    { endpoint: "http://mine", authUrl: "http://k" },
  ],
  [
    "noauth in clouds.yaml",
    { files: here, environment: { OS_CLOUD: "lab" } },
    { authType: "none", endpoint: "http://lab:8776/v3", region: "one" },
  ],
  [
    "a ready token in clouds.yaml is noauth's user and project",
    {
      environment: { OS_CLOUD: "a" },
      files: {
        "work/clouds.yaml":
          "clouds: {a: {auth_type: admin_token, auth: {endpoint: 'http://a', token: 'me:mine'}, volume_endpoint_override: 'http://b'}}",
      },
    },
    { authType: "noauth", endpoint: "http://b", user: "me", project: "mine" },
  ],
  [
    "an older project with dashes and numbers",
    {
      environment: { OS_CLOUD: "a" },
      files: { "work/clouds.yaml": "clouds: {a: {auth: {auth-url: 'http://k', tenant-name: 5, password: ''}}}" },
    },
    { authUrl: "http://k", projectName: "5" },
  ],
  [
    "the only one of its regions",
    { environment: { OS_CLOUD: "a" }, files: { "work/clouds.yaml": "clouds: {a: {regions: [{name: r}]}}" } },
    { region: "r" },
  ],
  [
    "secure.yaml is mixed in",
    {
      environment: { OS_CLOUD: "prod" },
      files: { ...here, ".config/openstack/secure.yaml": "clouds: {prod: {auth: {password: hidden}}}" },
    },
    { ...prod, password: "hidden" },
  ],
];

for (const [what, given, wanted] of rows) {
  test(`settings: ${what}`, () => {
    assert.deepEqual(settings(given), wanted);
  });
}

const paths = [
  "named.yaml",
  "work/clouds.yaml",
  "work/clouds.yml",
  "work/clouds.json",
  "home/openstack/clouds.yaml",
  ".config/openstack/clouds.yml",
  "xdg/openstack/clouds.yaml",
];

test("clouds.yaml is looked for where openstacksdk does, in its order", () => {
  const environment = {
    OS_CLOUD: "a",
    XDG_CONFIG_HOME: join(place, "home"),
    OS_CLIENT_CONFIG_FILE: join(place, "named.yaml"),
  };
  const files = Object.fromEntries(paths.map((path) => [path, `{"clouds": {"a": {"region_name": "${path}"}}}`]));
  for (const path of paths) {
    assert.deepEqual(settings({ environment, files }), { region: path });
    rmSync(join(place, path));
    delete files[path];
  }
});

test("a named cloud is that entry alone, with the configuration's limits", () => {
  const config = { endpoint: "http://config", user: "u", operationTimeout: "30" };
  const named = settings({ files: here, config, environment: { CINDER_ENDPOINT: "http://env" } }, "prod");
  assert.deepEqual(named, { ...prod, operationTimeout: 30 });
});

test("what was read is kept until the next configure", () => {
  assert.deepEqual(settings({ environment: { CINDER_ENDPOINT: "http://a" } }), { endpoint: "http://a" });
  process.env.CINDER_ENDPOINT = "http://b";
  assert.deepEqual(settingsFor(), { endpoint: "http://a" });
  configure(() => undefined);
  assert.deepEqual(settingsFor(), { endpoint: "http://b" });
});

const bad: [what: string, given: Given, message: RegExp][] = [
  ["insecure", { config: { insecure: "yes" } }, /blockbox:insecure is "yes"\. It is either true or false/],
  ["maxInFlight", { config: { maxInFlight: "1.5" } }, /maxInFlight is "1\.5"\. It is a whole number from 1 to 256/],
  ["requestTimeout", { config: { requestTimeout: "0" } }, /requestTimeout is "0"\. It is a number of seconds from/],
  ["operationTimeout", { config: { operationTimeout: "long" } }, /operationTimeout is "long"/],
  [
    "no clouds.yaml",
    { config: { cloud: "x" } },
    /"x" .*there is no clouds\.yaml\. Looked for it in .*\.config\/openstack/,
  ],
  [
    "no such cloud",
    { files: here, config: { cloud: "x" } },
    /work\/clouds\.yaml has no cloud "x"\. It has: lab, prod\./,
  ],
  [
    "a broken file",
    { files: { "work/clouds.yaml": "clouds:\n  a: [\n  password: hidden" }, config: { cloud: "a" } },
    /clouds\.yaml is no YAML that can be read near line \d\.$/,
  ],
  [
    "several regions",
    { files: { "work/clouds.yaml": "clouds: {a: {regions: [r, s]}}" }, config: { cloud: "a" } },
    /"a" .*the regions r, s: choose one with region_name/,
  ],
  [
    "a vendor's profile",
    { files: { "work/clouds.yaml": "clouds: {a: {profile: rackspace, key: k}}" }, config: { cloud: "a" } },
    /says profile and key, which blockbox does not know/,
  ],
  [
    "a list for a text",
    { files: { "work/clouds.yaml": "clouds: {a: {auth: {auth_url: [hidden]}}}" }, config: { cloud: "a" } },
    /: auth_url is no text/,
  ],
];

for (const [what, given, message] of bad) {
  test(`bad settings: ${what}`, () => {
    assert.throws(
      () => settings(given),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "CONFIG_INVALID");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /hidden/);
        return true;
      },
    );
  });
}
