import { attachment, type BadInput, backend, host, known, none, snapshot } from "./case.js";

const ofBackend = (name: string, inputs: object, property: string, says: RegExp): BadInput => ({
  name: `a Backend with ${name}`,
  bad: backend({ ...inputs }),
  property,
  says,
});
const ofSnapshot = (name: string, inputs: object, property: string, says: RegExp): BadInput => ({
  name: `a snapshot with ${name}`,
  bad: snapshot({ ...inputs }),
  property,
  says,
});
const ofAttachment = (name: string, inputs: object, property: string, says: RegExp): BadInput => ({
  name: `an attachment with ${name}`,
  bad: attachment({ ...inputs }),
  property,
  says,
});
/** An attachment whose host is wrong. */
const ofHost = (name: string, wrong: object, property: string, says: RegExp): BadInput =>
  ofAttachment(name, { connector: { ...host, ...wrong } }, `connector.${property}`, says);

export const others: readonly BadInput[] = [
  ofBackend("both services", { cinder: {}, lvm: {} }, "lvm", /only with LVM/),
  ofBackend("a name of 256 characters", { cinder: {}, name: "x".repeat(256) }, "name", /at most 255/),
  ofBackend(
    "an empty backend's name",
    { cinder: { volumeBackendName: "" } },
    "cinder.volumeBackendName",
    /leave it out/,
  ),
  ofBackend(
    "the backend's name as an extra spec",
    { cinder: { extraSpecs: { volume_backend_name: "x" } } },
    "cinder.extraSpecs.volume_backend_name",
    /give volumeBackendName/,
  ),
  ofBackend("our key", { cinder: { extraSpecs: { "blockbox:x": "1" } } }, "cinder.extraSpecs.blockbox:x", /kept for/),
  ofBackend("a key with a slash", { cinder: { extraSpecs: { "a/b": "1" } } }, "cinder.extraSpecs.a/b", /not take/),
  ofBackend("a spec that is no text", { cinder: { extraSpecs: { a: true } } }, "cinder.extraSpecs.a", /string/),
  ofBackend("a host without a backend", { cinder: { serviceHost: "rig" } }, "cinder.serviceHost", /<host>@<backend>/),
  ofBackend("a pool for a host", { cinder: { serviceHost: "a@b#c" } }, "cinder.serviceHost", /<host>@<backend>/),
  ofBackend("an unknown input", { cinder: { backend: "x" } }, "cinder.backend", known),
  ofSnapshot("no volume", { volume: undefined }, "volume", /is required/),
  ofSnapshot("a volume of no service", { volume: `vg/vol-${none}` }, "volume", /must be the id of a Volume/),
  ofSnapshot("an empty name", { name: "" }, "name", /must not be empty/),
  ofSnapshot("a reserved key", { metadata: { attached_mode: "rw" } }, "metadata.attached_mode", /kept for Cinder/),
  ofSnapshot("force as text", { force: "yes" }, "force", /true or false|boolean/),
  ofSnapshot("a size", { size: 1 }, "size", known),
  ofAttachment("no volume", { volume: undefined }, "volume", /is required/),
  ofAttachment("a volume that is no id", { volume: "data" }, "volume", /must be the id of a Volume/),
  ofAttachment("a volume that is not there", { volume: none }, "volume", /names no volume/),
  // Tests run where iscsid does not.
  ofAttachment("this host, which lacks what it takes", { connector: undefined }, "connector", /on this host.*`.+`$/),
  ofAttachment("a mount on another host", { mount: { path: "/mnt/x" } }, "mount", /only without connector/),
  ofAttachment("an unknown mode", { mode: "rwx" }, "mode", /rw.*ro/),
  ofAttachment("a size of 0 GiB", { size: 0 }, "size", /whole number of/),
  ofHost("no host name", { hostName: undefined }, "hostName", /is required/),
  ofHost("a host name with a blank", { hostName: "a b" }, "hostName", /must be a host name/),
  ofHost("no initiator", { initiator: undefined }, "initiator", /is required/),
  ofHost("an initiator that is none", { initiator: "one" }, "initiator", /iSCSI name/),
  ofHost("an initiator with a line's end", { initiator: `${host.initiator}\n` }, "initiator", /iSCSI name/),
  ofHost("a name for an address", { ip: "storage.example.org" }, "ip", /IP address/),
  ofHost("several paths as text", { multipath: "yes" }, "multipath", /true or false|boolean/),
  ofHost("Nova's instance", { instanceUuid: none }, "instanceUuid", known),
];
