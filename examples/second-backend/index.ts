import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

const config = new pulumi.Config();
const name = config.get("backendName") ?? "nfs"; // or lvm

// Done only when that service is up and has reported what it has room for: before that, Cinder would make no volume in it.
const pool = new blockbox.Backend("pool", {
  cinder: { volumeBackendName: `second-${name}`, serviceHost: `second@${name}` },
});
const data = new blockbox.Volume("data", { backend: pool, size: 1 });

export const dataVolume = data.id;
