import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

const config = new pulumi.Config();
const name = config.get("backendName") ?? "lvm";

// A volume type for the backend of lvm.conf; there once the volume service that serves it is up.
const pool = new blockbox.Backend("pool", {
  cinder: { volumeBackendName: name, serviceHost: `block-box@${name}` },
});

const data = new blockbox.Volume("data", { backend: pool, size: config.getNumber("sizeGib") ?? 1 });
const spare = new blockbox.Volume("spare", { backend: pool, size: 1, description: "For later." });

// Attached to this host, with a file system; or, with an initiator's name, exported to the host that has it.
const initiator = config.get("initiator");
const attached = new blockbox.Attachment("data", {
  volume: data,
  ...(initiator === undefined
    ? { mount: { path: config.get("path") ?? "/mnt/block-box" } }
    : { connector: { hostName: "other", initiator } }),
});

export const dataVolume = data.id;
export const spareVolume = spare.id;
export const mountPoint = attached.mountPath;
