import { type Fields, optional, type Property, type PropertyType, required } from "../declaration/property.js";
import { commonInputs } from "../resources/common.js";

/** What a function is: everything that its types, documentation and checks are made from. */
export interface FunctionDeclaration<I extends Fields = Fields, O extends Fields = Fields> {
  readonly name: string;
  readonly doc: string;
  readonly inputs: I;
  readonly outputs: O;
}

/** An argument that is wanted, or a part of a result that is always there: neither is kept, so neither ever changes. */
export function always<T>(type: PropertyType<T>, doc: string): Property<T, "required"> {
  return required(type, { change: "inPlace", doc });
}

/** An argument that may be left out, or a part of a result that may be absent. */
export function maybe<T>(type: PropertyType<T>, doc: string): Property<T, "optional"> {
  return optional(type, { change: "inPlace", doc });
}

/** The argument that names another Cinder than the configured one. */
export const cloud = optional(commonInputs.cloud.type, {
  change: "inPlace",
  only: "cinder",
  doc: commonInputs.cloud.doc,
});
