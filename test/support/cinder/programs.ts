import type { Declared } from "../deployment.js";
import type { Props } from "../rpc.js";

/** A volume of 1 GiB, a snapshot and an attachment of it, each with a name that asks the driver for nothing. */
export const volume = (inputs: Props = {}, name = "v"): Declared => ({
  kind: "Volume",
  name,
  inputs: { size: 1, name: "plain", ...inputs },
});
export const snapshot = (inputs: Props = {}): Declared => ({
  kind: "Snapshot",
  name: "s",
  inputs: (ref) => ({ volume: ref("v"), name: "plain", ...inputs }),
});
export const attachment = (hostName = "here"): Declared => ({
  kind: "Attachment",
  name: "a",
  inputs: (ref) => ({ volume: ref("v"), connector: { hostName, initiator: "iqn.2026-01.org.example:h" } }),
});
