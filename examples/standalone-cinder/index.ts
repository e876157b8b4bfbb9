import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

// Which Cinder: `pulumi config set blockbox:endpoint http://HOST:8776/v3`, or what the README names.
const config = new pulumi.Config();

// A volume type for one backend of that Cinder, by the `volume_backend_name` that its cinder.conf gives it.
const pool = new blockbox.Backend("pool", { cinder: { volumeBackendName: config.require("backendName") } });

const data = new blockbox.Volume("data", {
  backend: pool,
  size: config.getNumber("sizeGib") ?? 1,
  metadata: { purpose: "example" },
});
const first = new blockbox.Snapshot("first", { volume: data });
const copy = new blockbox.Volume("copy", { backend: pool, snapshotId: first });

// Exports the volume to a host that attaches it by itself: nothing is run there, nor here. Not before the snapshot is
// taken, since some of Cinder's drivers (NFS) take none of a volume in use.
const exported = new blockbox.Attachment(
  "data",
  {
    volume: data,
    connector: { hostName: config.require("hostName"), initiator: config.require("initiator") },
  },
  { dependsOn: first },
);

export const dataVolume = data.id;
export const copyVolume = copy.id;
// A secret: `pulumi stack output connectionInfo --show-secrets`.
export const connectionInfo = exported.connectionInfo;
