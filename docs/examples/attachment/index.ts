import * as blockbox from "pulumi-blockbox";

// Of this host: formatted while it is blank, and mounted. When the volume grows, so does the mounted file system.
const here = new blockbox.Backend("here", { lvm: { loopFile: { size: 4, sparse: true } } });
const data = new blockbox.Volume("data", { backend: here, size: 1 });
const mounted = new blockbox.Attachment("data", {
  volume: data,
  mount: { path: "/mnt/data", options: ["noatime"] },
});

// Of a Cinder: exported to a host that attaches it by itself. Without `connector`, this host would.
const there = new blockbox.Backend("there", { cinder: { volumeBackendName: "nfs" } });
const shared = new blockbox.Volume("shared", { backend: there, size: 1 });
const exported = new blockbox.Attachment("shared", {
  volume: shared,
  connector: { hostName: "other", initiator: "iqn.2026-01.org.example:other" },
});

export const device = mounted.devicePath;
// A secret: `pulumi stack output connectionInfo --show-secrets`.
export const connectionInfo = exported.connectionInfo;
