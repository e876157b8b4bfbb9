import type { Made } from "../pulumi.js";
import type { random } from "../random.js";

type Random = ReturnType<typeof random>;
type Args = Record<string, unknown>;

/** A program that edits are made to: resources by name, in the order in which they are made. */
export interface Model {
  /** GiB of the LVM Backend's file. */
  pool: number;
  volumes: Volume[];
  next: number;
  /** What the Cinder Backends are given beside what binds them. */
  fast: Args;
  slow: Args;
  /** Name of the second one, where it has one of its own. */
  slowName?: string;
}

interface Volume {
  name: string;
  service: "lvm" | "cinder";
  size: number;
  args: Args;
  /** Mounted on this host (LVM), or exported to another (Cinder). */
  attachment?: Args | undefined;
  /** With Cinder. */
  hasSnapshot: boolean;
  /** The volume before it that it began as a copy of, or whose snapshot. */
  source?: { of: string; snapshot: boolean } | undefined;
}

export function firstModel(random: Random): Model {
  const model: Model = { pool: 5 + random.below(3), volumes: [], next: 0, fast: {}, slow: {} };
  for (let count = 1 + random.below(4); count > 0; count -= 1) addVolume(model, random);
  // Without device-mapper such copies are refused: the first program is to be made, as whatever an edit adds may not be.
  for (const volume of model.volumes) if (volume.service === "lvm") volume.source = undefined;
  return model;
}

/** What the CLI's program makes of a model. `path`: a place for mounts and files of this test. */
export function programOf(model: Model, group: string, path: (name: string) => string): Made[] {
  const loopFile = { path: path("pool.img"), size: model.pool, sparse: true };
  const backends: Made[] = [
    { kind: "Backend", name: "lvm", args: { lvm: { volumeGroup: group, loopFile } } },
    { kind: "Backend", name: "fast", args: { cinder: { volumeBackendName: "faults", ...model.fast } } },
    {
      kind: "Backend",
      name: "slow",
      args: { name: model.slowName, cinder: { volumeBackendName: "faults", ...model.slow } },
    },
  ];
  return [
    ...backends,
    ...model.volumes.flatMap(({ name, service, size, args, attachment, hasSnapshot, source }): Made[] => [
      {
        kind: "Volume",
        name,
        args: {
          size,
          ...args,
          backend: args.backend ?? { idOf: service === "lvm" ? "lvm" : "fast" },
          ...copied(source),
        },
      },
      ...(hasSnapshot ? [{ kind: "Snapshot", name: `${name}-before`, args: { volume: { idOf: name } } } as const] : []),
      ...(attachment
        ? [
            {
              kind: "Attachment",
              name: `${name}-here`,
              args: {
                volume: { idOf: name },
                size,
                ...(service === "lvm" ? mounted(name, attachment, path) : exported(attachment)),
              },
            } as const,
          ]
        : []),
    ]),
  ];
}

function exported({ host = "other", mode }: Args): Args {
  return { mode, connector: { hostName: host, initiator: `iqn.2026-01.org.example:${host}` } };
}

function mounted(name: string, { folder, mode, host, ...mount }: Args, path: (name: string) => string): Args {
  return { mode, mount: { path: path(`${name}${folder ?? ""}`), ...mount } };
}

function copied(source: Volume["source"]): Args {
  if (source === undefined) return {};
  return source.snapshot ? { snapshotId: { idOf: `${source.of}-before` } } : { sourceVolumeId: { idOf: source.of } };
}

function addVolume(model: Model, random: Random): void {
  const service = random.pick(["lvm", "cinder"]);
  const volume: Volume = { name: `v${model.next}`, service, size: 1, args: {}, hasSnapshot: false };
  model.next += 1;
  const origins = model.volumes.filter((one) => one.service === service);
  if (origins.length > 0 && random.below(3) === 0) {
    const origin = random.pick(origins);
    volume.source = { of: origin.name, snapshot: origin.hasSnapshot };
    volume.size = origin.size;
  }
  if (random.below(2) === 1) volume.attachment = {};
  model.volumes.push(volume);
}

type Edit = (model: Model, random: Random, volume: Volume) => void;

/** What an edit may do to a program. Some are refused now and then, which the preview has to say. */
const edits: Readonly<Record<string, Edit>> = {
  "a volume grows": (_model, random, volume) => {
    volume.size += 1 + random.below(2);
  },
  "a volume shrinks": (_model, _random, volume) => {
    volume.size -= 1;
  },
  "a volume is renamed": (_model, random, { args }) => {
    args.name = `name ${random.below(1000)}`;
  },
  "a volume is described": (_model, random, { args }) => {
    args.description = random.pick(["for all", "für alles", undefined]);
  },
  "a volume's metadata": (_model, random, { args }) => {
    args.metadata = random.pick([{ tier: "gold" }, { tier: "tin", more: "yes" }, {}]);
  },
  "a volume is read only, or not": (_model, _random, { args }) => {
    args.readOnly = args.readOnly !== true;
  },
  "a volume of another type": (_model, random, { service, args }) => {
    if (service === "cinder") Object.assign(args, { backend: { idOf: random.pick(["fast", "slow"]) } });
  },
  "one more volume": (model, random) => addVolume(model, random),
  "a volume less": (model, _random, volume) => {
    model.volumes = model.volumes.filter((one) => one !== volume);
    forget(model, volume.name);
  },
  "an attachment more or less": (_model, _random, volume) => {
    volume.attachment = volume.attachment ? undefined : {};
  },
  "other mount options": (_model, random, { attachment }) => {
    if (attachment) attachment.options = random.pick([["noatime"], ["noatime", "nodev"], []]);
  },
  "another mount path": (_model, random, { attachment }) => {
    if (attachment) attachment.folder = random.pick(["", "-moved", "/below"]);
  },
  "an attachment to another host, or in another mode": (_model, random, { attachment, service }) => {
    if (attachment === undefined) return;
    if (service === "cinder") attachment.host = random.pick(["other", "third"]);
    else attachment.mode = attachment.mode === "ro" ? "rw" : "ro";
  },
  "a snapshot more or less": (model, _random, volume) => {
    if (volume.service !== "cinder") return;
    if (volume.hasSnapshot) forget(model, volume.name, "snapshot");
    volume.hasSnapshot = !volume.hasSnapshot;
  },
  "no word any more of what a volume is a copy of": (_model, _random, volume) => {
    volume.source = undefined;
  },
  "a volume of another service": (model, _random, volume) => {
    if (volume.hasSnapshot || volume.source) return;
    volume.service = volume.service === "lvm" ? "cinder" : "lvm";
    volume.args.backend = undefined;
    if (volume.attachment) volume.attachment = {};
    forget(model, volume.name);
  },
  "hints for the scheduler": (_model, random, { service, args }) => {
    if (service === "cinder")
      args.schedulerHints = random.pick([undefined, { query: '[">=", "$free_capacity_gb", 1]' }]);
  },
  "a Backend is described": (model, random) => {
    model[random.pick(["fast", "slow"])].description = random.pick(["for all", undefined]);
  },
  "a Backend has more extra specs": (model, random) => {
    // Of a scope that the scheduler does not judge by: without one it looks for a pool that can do that, as no preview does.
    model.slow.extraSpecs = random.pick([{ "bbt:tier": "tin" }, { "bbt:tier": "gold", "bbt:more": "yes" }, {}]);
  },
  "a Backend of another name": (model, random) => {
    model.slowName = `slow ${random.below(1000)} of ${model.next}`;
  },
  "a larger file": (model) => {
    model.pool += 1;
  },
};

/** What goes is nothing's source any more: a copy needs it no longer. */
function forget(model: Model, name: string, what: "volume" | "snapshot" = "volume"): void {
  for (const volume of model.volumes)
    if (volume.source?.of === name && (what === "volume" || volume.source.snapshot)) volume.source = undefined;
}

/** One edit, or several at once. Answers what was done. */
export function edit(model: Model, random: Random): string {
  const done: string[] = [];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    if (model.volumes.length === 0) addVolume(model, random);
    const name = random.pick(Object.keys(edits));
    edits[name]?.(model, random, random.pick(model.volumes));
    done.push(name);
  }
  return done.join(", ");
}
