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
}

export function firstModel(random: Random): Model {
  const model: Model = { pool: 5 + random.below(3), volumes: [], next: 0 };
  for (let count = 1 + random.below(3); count > 0; count -= 1) addVolume(model, random);
  return model;
}

/** What the CLI's program makes of a model. `path`: a place for mounts and files of this test. */
export function programOf(model: Model, group: string, path: (name: string) => string): Made[] {
  const loopFile = { path: path("pool.img"), size: model.pool, sparse: true };
  const backends: Made[] = [
    { kind: "Backend", name: "lvm", args: { lvm: { volumeGroup: group, loopFile } } },
    { kind: "Backend", name: "fast", args: { cinder: { volumeBackendName: "faults" } } },
    { kind: "Backend", name: "slow", args: { cinder: { volumeBackendName: "faults" } } },
  ];
  return [
    ...backends,
    ...model.volumes.flatMap(({ name, service, size, args, attachment, hasSnapshot }): Made[] => [
      {
        kind: "Volume",
        name,
        args: { backend: { idOf: service === "lvm" ? "lvm" : "fast" }, size, ...args },
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
                ...(service === "lvm" ? mounted(name, attachment, path) : exported),
              },
            } as const,
          ]
        : []),
    ]),
  ];
}

const exported = { connector: { hostName: "other", initiator: "iqn.2026-01.org.example:other" } };

function mounted(name: string, { folder, ...mount }: Args, path: (name: string) => string): Args {
  return { mount: { path: path(`${name}${folder ?? ""}`), ...mount } };
}

function addVolume(model: Model, random: Random): void {
  const service = random.pick(["lvm", "cinder"]);
  const volume: Volume = { name: `v${model.next}`, service, size: 1, args: {}, hasSnapshot: false };
  model.next += 1;
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
  "a snapshot more or less": (_model, _random, volume) => {
    if (volume.service === "cinder") volume.hasSnapshot = !volume.hasSnapshot;
  },
  "a larger file": (model) => {
    model.pool += 1;
  },
};

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
