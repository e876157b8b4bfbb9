import * as pulumi from "@pulumi/pulumi";
import * as blockbox from "pulumi-blockbox";

const config = new pulumi.Config();

// One program, one step of the README after the other: `pulumi up --config step=…`.
const step = config.require("step") as "here" | "detached" | "moved" | "attached" | "back";
const isAtCinder = step === "moved" || step === "attached";

// The volume group, by the name that cinder.conf has too. From the move on it is not this program's alone: with `adopt` it
// is left as it is when the Backend goes.
const group = new blockbox.Backend("group", {
  name: "cinder-volumes",
  lvm: { loopFile: { size: 8, sparse: true }, adopt: step !== "here" && step !== "detached" },
});

const data = new blockbox.Volume("data", isAtCinder ? atCinder() : here());

if (step !== "detached" && step !== "moved") {
  // The same on either side: a device of this host, mounted.
  new blockbox.Attachment("data", { volume: data, mount: { path: "/mnt/blockbox-moves" } });
}

/** Made on this host; or, on the way back, as a copy of what Cinder has let go of, which shares all blocks with it. */
function here(): blockbox.VolumeArgs {
  const source = step === "back" ? { sourceVolumeId: config.require("source") } : {};
  return { backend: group, size: 1, ...source };
}

/** Taken over by Cinder as it is: no byte is copied. */
function atCinder(): blockbox.VolumeArgs {
  const pool = new blockbox.Backend("pool", { cinder: { volumeBackendName: config.require("backendName") } });
  const adopt = { serviceHost: config.require("serviceHost"), sourceName: config.require("logicalVolume") };
  return { backend: pool, size: 1, adopt };
}

export const volume = data.id;
