import { z } from "zod";
import { type DerivedDefault, optional, type Values } from "../declaration/property.js";
import { object, text, wholeNumber } from "../declaration/type.js";

const seconds = () => {
  const type = wholeNumber("seconds");
  const reason = "must be a whole number of seconds, 1 to 86400";
  return { ...type, schema: z.int(reason).min(1, reason).max(86_400, reason) };
};

const timeouts = object("Timeouts", {
  create: optional(seconds(), { change: "inPlace", doc: "Seconds that a create may take." }),
  update: optional(seconds(), { change: "inPlace", doc: "Seconds that each step of an update may take." }),
  delete: optional(seconds(), { change: "inPlace", doc: "Seconds that a delete may take." }),
});

/** The default of a name: the one that it has, or the resource's own. */
export const ownName: DerivedDefault<string> = {
  doc: "the resource's name and 7 hex digits",
  derive: ({ olds, autoName }) => String(olds.name ?? autoName),
};

/** Inputs that every resource has. */
export const commonInputs = {
  cloud: optional(text(z.string("must be a string").min(1, "must name an entry of clouds.yaml")), {
    change: "replace",
    only: "cinder",
    doc: "An entry of clouds.yaml, instead of the service that is configured.",
  }),
  timeouts: optional(timeouts, {
    change: "inPlace",
    only: "cinder",
    doc: "How long the service may take, in place of the configured `operationTimeout`.",
  }),
};

export type CommonInputs = Values<typeof commonInputs>;
