import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { endpointFrom } from "../../provider/services/cinder/client/catalogue.js";
import { parseAuthUrl, parseEndpoint } from "../../provider/services/cinder/client/endpoint.js";
import { planFor } from "../../provider/services/cinder/client/plan.js";
import type { Settings } from "../../provider/services/cinder/client/settings.js";
import { tlsOptions } from "../../provider/services/cinder/client/tls.js";

const endpoints: [text: string, url: string, project?: string][] = [
  ["http://h:8776", "http://h:8776/v3"],
  ["http://h:8776/", "http://h:8776/v3"],
  ["http://h:8776/v3", "http://h:8776/v3"],
  ["http://h:8776/v3/", "http://h:8776/v3"],
  ["http://h:8776//v3//", "http://h:8776/v3"],
  ["http://h:8776/v3/abc", "http://h:8776/v3", "abc"],
  ["http://h:8776/v3/my%20project/", "http://h:8776/v3", "my project"],
  ["https://H/volume", "https://h/volume/v3"],
  ["https://h:443/volume/v3/p", "https://h/volume/v3", "p"],
  ["https://h/v2/block/storage", "https://h/v2/block/storage/v3"],
  ["http://[::1]:8776/v3", "http://[::1]:8776/v3"],
];

for (const [text, url, project] of endpoints) {
  test(`endpoint ${text}`, () => {
    assert.deepEqual(parseEndpoint(text, "It"), project === undefined ? { url } : { url, project });
  });
}

const badEndpoints: [text: string, message: RegExp][] = [
  ["", /It "" cannot be used: it is no address such as/],
  ["h:8776/v3", /no address/],
  ["ftp://h/v3", /no address/],
  ["http://h:8776/v2", /not v2: end it with \/v3/],
  ["http://h:8776/v1/project", /not v1/],
  ["http://h:8776/v3.71", /not v3\.71/],
  ["http://h/v3?x=1", /a part behind \? or #/],
  ["http://h/v3/%ff", /is not encoded/],
  ["http://u:hidden@h/v3", /credentials do not belong into it/],
];

for (const [text, message] of badEndpoints) {
  test(`bad endpoint ${text}`, () => {
    assert.throws(
      () => parseEndpoint(text, "It"),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "CONFIG_INVALID");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /hidden/);
        return true;
      },
    );
  });
}

test("an address of Keystone ends in /v3, whatever it ends in", () => {
  for (const text of ["http://k:5000", "http://k:5000/", "http://k:5000/v3", "http://k:5000/v3/"]) {
    assert.equal(parseAuthUrl(text, "It"), "http://k:5000/v3");
  }
  assert.equal(parseAuthUrl("https://k/identity", "It"), "https://k/identity/v3");
  assert.throws(() => parseAuthUrl("http://k/v2.0", "It"), /blockbox speaks v3 of Keystone's API, not v2\.0/);
});

const endpoint = "http://h:8776/v3";
const noauth: [what: string, settings: Settings, user: string, project: string][] = [
  ["an endpoint alone", { endpoint }, "admin", "admin"],
  ["a user is its own project, as for Cinder", { endpoint, user: "bob" }, "bob", "bob"],
  ["a user's id comes before its name", { endpoint, user: "1", username: "bob", project: "p" }, "1", "p"],
  ["a project by its name", { endpoint, projectName: "p" }, "admin", "p"],
  ["the project of the endpoint", { endpoint: `${endpoint}/p` }, "admin", "p"],
  ["the same project twice", { endpoint: `${endpoint}/p`, project: "p" }, "admin", "p"],
  ["a project with a colon", { endpoint, project: "a:b" }, "admin", "a:b"],
  ["said so", { endpoint, authType: "noauth", authUrl: "http://k" }, "admin", "admin"],
  ["openstacksdk's word", { endpoint, authType: "None" }, "admin", "admin"],
];

for (const [what, settings, user, project] of noauth) {
  test(`noauth: ${what}`, () => {
    assert.deepEqual(planFor(settings), { kind: "noauth", endpoint, user, project });
  });
}

const authUrl = "http://k:5000/v3";
const base = { kind: "keystone", authUrl, interface: "public" };
const hex = "0123456789abcdef0123456789abcdef";
const domain = { id: "default" };
const byPassword = (user: object, project: object) => ({
  identity: { methods: ["password"], password: { user: { ...user, password: "secret" } } },
  scope: { project },
});
const byCredential = (credential: object) => ({
  identity: { methods: ["application_credential"], application_credential: { ...credential, secret: "secret" } },
});
const keystone: [what: string, settings: Settings, plan: object][] = [
  [
    "names in the usual domain",
    { authUrl, username: "u", password: "secret", projectName: "p" },
    { auth: byPassword({ name: "u", domain }, { name: "p", domain }) },
  ],
  [
    "a user that is no id is a name",
    {
      authUrl: "http://k:5000",
      user: "u",
      userDomainName: "d",
      password: "secret",
      project: "1",
      authType: "v3password",
    },
    { auth: byPassword({ name: "u", domain: { name: "d" } }, { id: "1" }) },
  ],
  [
    "ids, and a domain's id before its name",
    { authUrl, user: hex, password: "secret", projectName: "p", projectDomainId: "i", projectDomainName: "n" },
    { auth: byPassword({ id: hex }, { name: "p", domain: { id: "i" } }) },
  ],
  [
    "where and how",
    {
      authUrl,
      endpoint: `${endpoint}/p/`,
      region: "r",
      interface: "internalURL",
      user: hex,
      password: "secret",
      project: "1",
    },
    { auth: byPassword({ id: hex }, { id: "1" }), endpoint, region: "r", interface: "internal" },
  ],
  [
    "an application credential by its id",
    { authUrl, applicationCredentialId: "c", applicationCredentialSecret: "secret", password: "other", username: "u" },
    { auth: byCredential({ id: "c" }) },
  ],
  [
    "an application credential by its name",
    { authUrl, applicationCredentialName: "c", applicationCredentialSecret: "secret", username: "u" },
    { auth: byCredential({ name: "c", user: { name: "u", domain } }) },
  ],
];

for (const [what, settings, plan] of keystone) {
  test(`Keystone: ${what}`, () => {
    assert.deepEqual(planFor(settings), { ...base, secret: "secret", ...plan });
  });
}

const login = { authUrl, username: "u", password: "hidden", projectName: "p" };
const bad: [what: string, settings: Settings, code: string, message: RegExp][] = [
  ["nothing", {}, "CONFIG_MISSING", /blockbox:endpoint .*CINDER_ENDPOINT .*OS_AUTH_URL .*clouds\.yaml .*OS_CLOUD/],
  ["noauth without an endpoint", { authType: "noauth", authUrl }, "CONFIG_MISSING", /Nothing says where/],
  ["two projects", { endpoint: `${endpoint}/a`, project: "b" }, "CONFIG_INVALID", /the project "a", .* "b"/],
  ["a user with a colon", { endpoint, user: "a:b" }, "CONFIG_INVALID", /The user "a:b" has a colon/],
  ["a user that no header can carry", { endpoint, user: "ä" }, "CONFIG_INVALID", /The user "ä" has characters/],
  ["a project with a line's end", { endpoint, project: "a\nb" }, "CONFIG_INVALID", /The project "a\\nb"/],
  ["an unknown authType", { authUrl, authType: "v3oidc" }, "CONFIG_INVALID", /"v3oidc" .* Known are noauth, password/],
  ["a password's authUrl", { endpoint, authType: "password" }, "CONFIG_INVALID", /authUrl \(OS_AUTH_URL\) is missing/],
  ["no password", { ...login, password: undefined as never }, "CONFIG_INVALID", /password \(OS_PASSWORD\) is missing/],
  ["no user", { authUrl, password: "hidden", project: "p" }, "CONFIG_INVALID", /user \(OS_USERNAME or OS_USER_ID\)/],
  ["no project", { authUrl, password: "hidden", user: "u" }, "CONFIG_INVALID", /projectName \(OS_PROJECT_NAME or/],
  ["a credential without secret", { authUrl, applicationCredentialId: "c" }, "CONFIG_INVALID", /CredentialSecret \(OS/],
  [
    "a credential's name without a user",
    { authUrl, applicationCredentialName: "c", applicationCredentialSecret: "hidden" },
    "CONFIG_INVALID",
    /user \(OS_USERNAME\), whose its name is, is missing/,
  ],
  ["an interface", { ...login, interface: "private" }, "CONFIG_INVALID", /"private"\. It is public, internal or admin/],
];

for (const [what, settings, code, message] of bad) {
  test(`no plan: ${what}`, () => {
    assert.throws(
      () => planFor(settings),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /hidden/);
        return true;
      },
    );
  });
}

const offer = (type: string, url: string, region: string | null = "r", face = "public") => ({
  type,
  endpoints: [{ interface: face, url, region_id: region, region }],
});
const catalogues: [
  what: string,
  Parameters<typeof endpointFrom>[0],
  Parameters<typeof endpointFrom>[1],
  string | RegExp,
][] = [
  [
    "the official word",
    [offer("volumev3", "http://b/v3"), offer("block-storage", "http://a/v3/%(p)s")],
    {
      interface: "public",
    },
    /not encoded/,
  ],
  ["an older word, with a project", [offer("volumev3", "http://b/v3/p1")], { interface: "public" }, "http://b/v3"],
  [
    "the oldest word, only of v3",
    [offer("volume", "http://a/v2/p"), offer("volume", "http://b/v3/p")],
    {
      interface: "public",
    },
    "http://b/v3",
  ],
  [
    "by region",
    [offer("block-store", "http://a/v3", "r"), offer("block-store", "http://b/v3", "s")],
    {
      interface: "public",
      region: "s",
    },
    "http://b/v3",
  ],
  [
    "by interface",
    [offer("block-storage", "http://a/v3"), offer("block-storage", "http://b/v3", "r", "internalURL")],
    {
      interface: "internal",
    },
    "http://b/v3",
  ],
  [
    "several regions",
    [offer("block-storage", "http://a"), offer("volumev3", "http://b", "s")],
    {
      interface: "public",
    },
    /several regions: r, s\. Set region/,
  ],
  [
    "not of that region",
    [offer("block-storage", "http://a")],
    { interface: "public", region: "x" },
    /no public endpoint .* in the region x\. It has: block-storage public in r/,
  ],
  ["nothing", [offer("compute", "http://a")], { interface: "public" }, /It has: none at all/],
];

for (const [what, catalogue, plan, wanted] of catalogues) {
  test(`catalogue: ${what}`, () => {
    if (typeof wanted === "string") assert.equal(endpointFrom(catalogue, plan), wanted);
    else assert.throws(() => endpointFrom(catalogue, plan), wanted);
  });
}

test("a certificate authority is a file or its text", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "bbt-tls-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const text = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
  writeFileSync(join(folder, "ca.pem"), text);
  writeFileSync(join(folder, "other"), "x");
  assert.deepEqual(tlsOptions({}), {});
  assert.deepEqual(tlsOptions({ caCert: text }), { ca: text });
  assert.deepEqual(tlsOptions({ caCert: join(folder, "ca.pem"), insecure: false }), { ca: text });
  assert.deepEqual(tlsOptions({ insecure: true }), { rejectUnauthorized: false });
  assert.throws(
    () => tlsOptions({ caCert: join(folder, "none") }),
    /caCert \(OS_CACERT\) cannot be read: ENOENT.*none/,
  );
  assert.throws(() => tlsOptions({ caCert: join(folder, "other") }), /other holds no certificate in PEM form/);
});
