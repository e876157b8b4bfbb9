// Written by `npm run schema` from provider/resources/common.ts: change it there.
import type * as pulumi from "@pulumi/pulumi";

/** How long the service may take, in place of the configured `operationTimeout`. */
export interface TimeoutsArgs {
  /** Seconds that a create may take. */
  create?: pulumi.Input<number>;
  /** Seconds that each step of an update may take. */
  update?: pulumi.Input<number>;
  /** Seconds that a delete may take. */
  delete?: pulumi.Input<number>;
}

/** How long the service may take, in place of the configured `operationTimeout`. */
export interface Timeouts {
  /** Seconds that a create may take. */
  create?: number;
  /** Seconds that each step of an update may take. */
  update?: number;
  /** Seconds that a delete may take. */
  delete?: number;
}
