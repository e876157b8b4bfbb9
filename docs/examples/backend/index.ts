import * as blockbox from "pulumi-blockbox";

// A volume group of this host, on a file behind a loop device that grows up to 8 GiB.
const here = new blockbox.Backend("here", { lvm: { loopFile: { size: 8, sparse: true } } });

// A volume type of a Cinder, for the backend that has this `volume_backend_name` in its cinder.conf.
const there = new blockbox.Backend("there", {
  cinder: { volumeBackendName: "nfs", description: "Slow and large.", extraSpecs: { tier: "bronze" } },
});

export const hereGib = here.totalGib;
export const thereType = there.volumeType;
