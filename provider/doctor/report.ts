import { z } from "zod";

/** What can be asked about, in the order in which it is told. */
export const serviceNames = ["lvm", "iscsi", "target", "docker", "cinder"] as const;

export type ServiceName = (typeof serviceNames)[number];

/**
 * `lacking`: nothing of the service can be used before it is mended, not even with all defaults. `warning`: only a part
 * of it cannot, or it is done in another way.
 */
const states = ["ok", "warning", "lacking"] as const;

const check = z.strictObject({
  /** Which check it is: always the same word. */
  name: z.string(),
  /** Which of several: a volume service, a pool. */
  subject: z.string().optional(),
  state: z.enum(states),
  /** What was found, for people. */
  found: z.string(),
  /** The command that mends it. */
  command: z.string().optional(),
  /** What to do, where no command does it or it takes more than that. */
  advice: z.string().optional(),
});

const service = z.strictObject({
  name: z.enum(serviceNames),
  /** Nothing of it is lacking. */
  usable: z.boolean(),
  checks: z.array(check),
});

/** What `--json` prints: docs/doctor.md tells of it. Fields may be added; those that are here stay, with their meaning. */
export const reportSchema = z.strictObject({
  /** Of this shape. */
  format: z.literal(1),
  /** The release of pulumi-blockbox. */
  version: z.string(),
  /** What the exit code says. */
  usable: z.boolean(),
  services: z.array(service),
});

export type Check = z.infer<typeof check>;
export type ServiceReport = z.infer<typeof service>;
export type Report = z.infer<typeof reportSchema>;
