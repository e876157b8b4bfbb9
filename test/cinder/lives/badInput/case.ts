import type { Declared, Ref } from "../../../support/deployment.js";
import type { Props } from "../../../support/rpc.js";

/** One bad resource beside those that exist: what is wrong with it, which property says so, and what its user is told. */
export interface BadInput {
  readonly name: string;
  readonly bad: Declared;
  readonly property: string;
  readonly says: RegExp;
}

export const none = "00000000-0000-4000-8000-000000000000";
export const whole = /whole number of/;
export const known = /not known here; known are /;

type Inputs = Props | ((ref: Ref) => Props);
const given = (inputs: Inputs, ref: Ref) => (typeof inputs === "function" ? inputs(ref) : inputs);

export const backend = (inputs: Props): Declared => ({ kind: "Backend", name: "more", inputs });
/** A volume that would be well but for these inputs. */
export const volume = (inputs: Inputs): Declared => ({
  kind: "Volume",
  name: "more",
  backend: "pool",
  inputs: (ref) => ({ backend: ref("pool"), size: 1, ...given(inputs, ref) }),
});
export const snapshot = (inputs: Inputs): Declared => ({
  kind: "Snapshot",
  name: "more",
  inputs: (ref) => ({ volume: ref("data"), ...given(inputs, ref) }),
});
export const host = { hostName: "one", initiator: "iqn.2026-01.org.example:one" };
export const attachment = (inputs: Inputs): Declared => ({
  kind: "Attachment",
  name: "more",
  inputs: (ref) => ({ volume: ref("data"), connector: host, ...given(inputs, ref) }),
});
