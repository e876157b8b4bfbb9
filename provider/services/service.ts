import type { Content } from "../host/blank.js";
import type { Lock } from "../host/lock.js";

/**
 * What resources ask of a block service. The embedded LVM of this host answers it; a service knows nothing of Pulumi.
 * Methods throw BlockboxError; what a preview can refuse comes as a list of problems instead.
 */
export interface BlockService {
  readonly backends: BackendService;
  readonly volumes: VolumeService;
  readonly attachments: AttachmentService;
  readonly snapshots: SnapshotService;
}

/** Whose a thing is: what its mark says from the first moment, before any state knows of it (rule 1). */
export interface Identity {
  /** Digest of the resource's URN, 32 hex digits. */
  readonly digest: string;
  /** Digest of its project and stack, 16 hex digits. */
  readonly stack: string;
}

/** Something wrong with an input that only the service or host can tell: `property` is the input's path. */
export interface Problem {
  readonly property: string;
  readonly reason: string;
}

/** Where a thing lives (rule 9). What is not seen there is not gone, unless that place is seen to be without it. */
export interface Location {
  readonly machineId: string;
  readonly vgUuid: string;
  readonly lvUuid?: string;
}

export interface Created<Facts> {
  readonly id: string;
  readonly facts: Facts;
}

export interface LoopFile {
  readonly path: string;
  /** GiB. */
  readonly size: number;
  readonly sparse: boolean;
}

export interface ThinPoolWish {
  /** GiB of data; left out, 95 % of what the group has for it. */
  readonly size?: number | undefined;
  readonly metadataSizeMib?: number | undefined;
  readonly maxOverSubscriptionRatio: number;
}

export interface BackendWish {
  readonly name: string;
  readonly volumeGroup: string;
  /** Use a group that exists, and never remove it. */
  readonly adopt: boolean;
  /** Paths of block devices. */
  readonly devices: string[];
  readonly loopFile?: LoopFile | undefined;
  /** Left out: as the group has it, or (a new one) as the kernel allows. */
  readonly thinPool?: boolean | ThinPoolWish | undefined;
  readonly volumeClear: "zero" | "none";
  readonly activation: "auto" | "deviceMapper" | "loop";
}

export interface BackendFacts {
  readonly volumeGroup: string;
  readonly state: "up" | "down";
  readonly activation: "deviceMapper" | "loop";
  readonly thin: boolean;
  /** Whole GiB that volumes can use. */
  readonly totalGib: number;
  readonly devices: string[];
  readonly location: Location;
  /** UUIDs of the physical volumes that were made on `devices`, by the path as it was given. */
  readonly physicalVolumes: Readonly<Record<string, string>>;
  /** Directories that were made for its file, outermost first. */
  readonly directories: readonly string[];
}

/** What a service sees of a Backend: its facts, and the inputs that it can tell. */
export interface SeenBackend {
  readonly facts: BackendFacts;
  readonly wish: BackendWish;
}

/** `recorded` is what state says, if anything: an id without a location comes from `get`. */
export interface BackendService {
  /** Against making (no `before`) or changing a Backend. Also notes what it plans, for volumes judged after it. */
  problems(identity: Identity, wish: BackendWish, before?: BackendWish): Promise<Problem[]>;
  create(identity: Identity, wish: BackendWish): Promise<Created<BackendFacts>>;
  /** Nothing, if it is proven gone. What cannot be seen just now is answered from `wish`, with `state: "down"`. */
  read(id: string, recorded?: SeenBackend): Promise<SeenBackend | undefined>;
  /** Whether a part that an update puts back is missing, found without running a command. */
  needsRepair(wish: BackendWish, recorded: BackendFacts): boolean;
  /** What this kernel has against it as it is, or is to be from now on. Runs no command. */
  refuseKernel(wish: BackendWish, recorded: BackendFacts): Problem | undefined;
  /** Why it cannot be changed like that, if so: what only the existing group can say. */
  refuseChange(id: string, to: BackendWish, recorded: BackendFacts): Promise<Problem | undefined>;
  update(id: string, wish: BackendWish, recorded: BackendFacts): Promise<BackendFacts>;
  /** Why it cannot be replaced, if so. */
  refuseReplacement(id: string): Promise<string | undefined>;
  delete(id: string, stack: string, wish: BackendWish, recorded: BackendFacts): Promise<void>;
}

export interface VolumeWish {
  readonly name: string;
  /** GiB. */
  readonly size: number;
  readonly description?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bootable: boolean;
  readonly readOnly: boolean;
  /** What it begins as a copy of: the id of a Snapshot or a Volume. Its size may be larger. */
  readonly source?: VolumeSource | undefined;
}

export type VolumeSource = { readonly snapshot: string } | { readonly volume: string };

/** Which pool a volume is planned in: a Backend's id, or (before it exists) the identity of the Backend. */
export type PoolReference = { readonly backendId: string } | { readonly backend: Identity };

/** What a copy has of its source where nothing else is asked for. */
export interface SourceFacts {
  /** GiB: a copy has at least that. */
  readonly size: number;
  readonly bootable: boolean;
}

export interface VolumeFacts {
  readonly location: Location;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface SeenVolume {
  readonly backendId: string;
  readonly facts: VolumeFacts;
  readonly wish: VolumeWish;
}

/** What was handed over to another owner. */
export interface HandedOver {
  /** Undoes it, once that owner is sure not to have it: everything is as it was. */
  takeBack(): Promise<void>;
}

export interface VolumeService {
  /** Against making it there, together with all that is planned there so far. */
  problems(identity: Identity, pool: PoolReference, wish: VolumeWish): Promise<Problem[]>;
  /** Why nothing can be copied in that pool, if so: of a source that is still unknown, all that can be told. */
  refuseCopies(pool: PoolReference): Promise<string | undefined>;
  /** Why it cannot grow to `size` GiB where it is, if so. Also notes the plan. */
  refuseGrowth(identity: Identity, id: string, location: Location, size: number): Promise<string | undefined>;
  /** Whether it is attached to this host. */
  isAttached(id: string, location: Location): Promise<boolean>;
  /** What a volume can be made as a copy of. Throws NOT_FOUND, NOT_HERE, NOT_OURS. */
  readSource(source: VolumeSource): Promise<SourceFacts>;
  create(identity: Identity, backendId: string, wish: VolumeWish): Promise<Created<VolumeFacts>>;
  read(id: string, location?: Location): Promise<SeenVolume | undefined>;
  update(identity: Identity, id: string, wish: VolumeWish, location: Location): Promise<VolumeFacts>;
  /** `cascade`: its snapshots go with it; otherwise it is refused while it has some. */
  delete(id: string, stack: string, location: Location, cascade: boolean): Promise<void>;
  /** Why what has that name on its backend cannot be handed over, if so; reads after "it ". Nothing where it is not ours. */
  refuseHandOver(sourceName: string, stack: string): Promise<string | undefined>;
  /** Lets go of what has that name on its backend, for another owner to take over; nothing where it is not ours. */
  handOver(sourceName: string, stack: string): Promise<HandedOver | undefined>;
  /** Throws unless another owner has it by now, or it is proven gone. */
  requireHandedOver(id: string, location: Location): Promise<void>;
  /** The engine has named the identity's volume, so it exists and is no longer planned as a new one. */
  settle(identity: Identity): void;
}

/** A device on this host that shows a volume. */
export interface AttachedDevice {
  readonly devicePath: string;
  readonly sizeBytes: number;
  readonly driverVolumeType: string;
  readonly location: Location;
  /**
   * What the device shows, so that it is known again without a command: backing device, the file behind that (loop
   * devices get other numbers after a reboot), offset and length in bytes.
   */
  readonly shows: ShownExtents | ShownVolume;
}

/** By a loop device: a range of a physical volume. */
export interface ShownExtents {
  readonly backing: string;
  readonly file: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** By device-mapper: a logical volume. */
export interface ShownVolume {
  /** lvm's UUID for device-mapper: `LVM-` and those of group and volume. */
  readonly mapped: string;
  readonly sizeBytes: number;
}

/** What a service lets be done with an attached volume while it holds it locked: see AttachmentService.attach. */
export interface AttachedVolume extends AttachedDevice {
  /** What every child that works on the device is given, so that the volume stays locked even without us. */
  readonly lock: Lock;
  /** Whether a mkfs of ours on this volume was cut short, so that what stands on it may be overwritten. */
  readonly formatting: boolean;
  /** What a killed create or update of this attachment was about to mount. */
  readonly noted?: NotedMount | undefined;
  /** Says on the volume itself that a mkfs begins, or has ended. */
  setFormatting(formatting: boolean): Promise<void>;
}

/** A mount that was about to be made, with the outermost directory that was made for it. */
export interface NotedMount {
  readonly path: string;
  readonly madeDirectory?: string | undefined;
}

export interface AttachWish {
  readonly readOnly: boolean;
  /** What `use` is going to mount anew: noted on the volume, so that nothing is left over in the end. */
  readonly mount?: NotedMount | undefined;
}

/** A volume as a preview of its attachment sees it; empty where it cannot be seen just now. */
export interface ForeseenAttachment {
  /** Against attaching it. */
  readonly problems: Problem[];
  /** Whether it may only be read, whoever attaches it. */
  readonly readOnly?: boolean | undefined;
  /** The device that the attachment has, or a killed create of it left: what is mounted from it is no obstacle. */
  readonly device?: string | undefined;
  /** What is on the volume, if it is not attached and nothing was cut short on it. */
  readonly content?: Content | undefined;
}

export interface AttachmentService {
  /** Attaches the volume, or finds its device again, and hands it to `use`; undone if `use` throws and it was us who attached. */
  attach<T>(
    identity: Identity,
    volumeId: string,
    wish: AttachWish,
    use: (volume: AttachedVolume) => Promise<T>,
  ): Promise<T>;
  /** As attach, for an attachment that state knows: a missing device is put back, a grown volume is shown whole. */
  reattach<T>(
    volumeId: string,
    location: Location,
    wish: AttachWish,
    use: (volume: AttachedVolume) => Promise<T>,
  ): Promise<T>;
  /** "gone": the volume is proven gone. Nothing: it is there, but not attached. */
  find(volumeId: string, location?: Location): Promise<AttachedDevice | "gone" | undefined>;
  /**
   * Detaches the device that state records, wherever it is by now. `letGo` unmounts first; without a device it gets none.
   * `noted` is what an update that was cut short may have mounted.
   */
  detach(
    volumeId: string,
    location: Location,
    recorded: Pick<AttachedDevice, "devicePath" | "shows">,
    letGo: (lock: Lock, devicePath: string | undefined, noted: NotedMount | undefined) => Promise<void>,
  ): Promise<void>;
  /** What a preview can see of a volume that is to be attached; `exists`: the attachment does already. */
  foresee(identity: Identity, volumeId: string, exists: boolean): Promise<ForeseenAttachment>;
  /** Whether the device still shows what it showed, found without running a command. */
  isAttached(device: Pick<AttachedDevice, "devicePath" | "shows">): boolean;
}

export interface SnapshotWish {
  readonly volumeId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether it may be taken while the volume is attached. */
  readonly force: boolean;
}

export interface SnapshotFacts {
  readonly location: Location;
  /** Of the volume when it was taken, in GiB. */
  readonly size: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface SeenSnapshot {
  readonly facts: SnapshotFacts;
  /** `volumeId` is nothing where the snapshot does not say it. */
  readonly wish: Omit<SnapshotWish, "force" | "volumeId"> & { readonly volumeId: string | undefined };
}

export interface SnapshotService {
  /** Against taking it. */
  problems(identity: Identity, wish: SnapshotWish): Promise<Problem[]>;
  /** Against taking any, of whatever volume. */
  problemsOfAny(): Problem[];
  create(identity: Identity, wish: SnapshotWish): Promise<Created<SnapshotFacts>>;
  /** Nothing, if it is proven gone. */
  read(id: string, location?: Location): Promise<SeenSnapshot | undefined>;
  /** Name, description and metadata. */
  update(id: string, wish: SnapshotWish, location: Location): Promise<void>;
  delete(id: string, location: Location): Promise<void>;
  /** The engine has named the identity's snapshot, so it exists and is no longer planned as a new one. */
  settle(identity: Identity): void;
}
