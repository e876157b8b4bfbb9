// Written by `npm run schema` from provider/functions: change it there.
import { ask } from "./ask.js";

/** Who has it. */
export interface VolumeAttachment {
  /** Id of the attachment within its block service: for LVM, the volume's. */
  attachmentId: string;
  /** Host that has the volume; Cinder tells it to administrators only. */
  hostName?: string;
  /** Its block device: for LVM on this host, with Cinder as that host has said. */
  device?: string;
}

/** The volumes; none is no error. */
export interface FoundVolume {
  /** Id of the volume, as a Volume has it. */
  id: string;
  /** Its name. */
  name: string;
  /** Its description. */
  description?: string;
  /** Size in GiB. */
  size: number;
  /** What it is doing: `available`, `in-use` or `deleting`; with Cinder any status that Cinder has. */
  status: string;
  /** Who has it. */
  attachments: VolumeAttachment[];
  /** Keys and values kept with it; Cinder's and blockbox's own are left out. */
  metadata: { [key: string]: string };
  /** Id of the Backend that it is in: `lvm:<volume group>` or `cinder:<volume type>`; absent for a volume without a type. */
  backend?: string;
  /** Whether it is marked as one to boot from. */
  bootable?: boolean;
  /** Whether attachments may only read it. */
  readOnly?: boolean;
  /** With Cinder: whether Cinder encrypts it. */
  encrypted?: boolean;
  /** With Cinder: whether it may be attached to several hosts at once. */
  multiattach?: boolean;
  /** With Cinder: its availability zone. */
  availabilityZone?: string;
  /** With Cinder: the pool that holds it, `<host>@<backend>#<pool>`; for administrators only. */
  serviceHost?: string;
  /** The snapshot that it was made from. */
  snapshotId?: string;
  /** The volume that it was made from. */
  sourceVolumeId?: string;
  /** When it was made, UTC. */
  createdAt?: string;
}

/** The thin pool that its new volumes are made in; absent where they are thick. */
export interface FoundThinPool {
  /** Name of its logical volume. */
  name: string;
  /** Whole GiB of its data. */
  totalGib: number;
  /** How much of its data is used. Absent while it is not active, since only then it is known. */
  dataPercent?: number;
  /** How much of its metadata is used; absent as `dataPercent` is. */
  metadataPercent?: number;
  /** Whole GiB that its volumes promise together, without their snapshots. */
  provisionedGib: number;
  /** How many times its data they may promise. */
  overSubscription: number;
}

/** Volume groups of this host, others' too. Absent where this host's lvm2 cannot be asked, but a Cinder can. */
export interface FoundVolumeGroup {
  /** Name of the volume group. */
  name: string;
  /** Id of its Backend, `lvm:<volume group>`; absent for a group that blockbox did not make. */
  backend?: string;
  /** lvm's UUID of it. */
  uuid: string;
  /** Whether all its devices are there. */
  state: "up" | "down";
  /** Whole GiB that it has for volumes, used and free. */
  totalGib: number;
  /** Whole GiB of it that no volume has. */
  freeGib: number;
  /** Whole GiB of its largest free piece: no new volume can be larger. */
  largestFreeGib: number;
  /** How many logical volumes it has, hidden ones too. */
  volumes: number;
  /** How its volumes become devices, if it has a Backend. */
  activation?: "deviceMapper" | "loop";
  /** The thin pool that its new volumes are made in; absent where they are thick. */
  thinPool?: FoundThinPool;
  /** Devices that are its physical volumes; a missing one is `[unknown]`. */
  devices: string[];
}

/** Volume services of Cinder. Absent where none is configured, or where it tells them to administrators only. */
export interface FoundVolumeService {
  /** `<host>@<backend>`, as `serviceHost` of a Backend takes it. */
  host: string;
  /** Whether it runs. */
  state: "up" | "down";
  /** Whether Cinder's scheduler may choose it. */
  enabled: boolean;
}

/** Pools of Cinder, as its scheduler knows them. Absent where none is configured, or where it tells them to administrators only. */
export interface FoundPool {
  /** `<host>@<backend>#<pool>`. */
  name: string;
  /** What `volumeBackendName` of a Backend names. */
  volumeBackendName?: string;
  /** Whole GiB that it has; absent where its driver does not tell. */
  totalGib?: number;
  /** Whole GiB of it that are free; absent where its driver does not tell. */
  freeGib?: number;
  /** Whole GiB that Cinder's scheduler still lets a new volume have there, by reserve and over-subscription; absent where there is no limit. */
  roomGib?: number;
  /** Whole GiB that its volumes promise together; absent where its driver does not tell. */
  provisionedGib?: number;
  /** Whether its volumes take space only as they are written; absent where its driver does not tell. */
  thin?: boolean;
}

/** The volume types. */
export interface FoundVolumeType {
  /** Cinder's UUID of it. */
  id: string;
  /** Its name. */
  name: string;
  /** Id of it as a Backend: `cinder:<volume type>`. */
  backend: string;
  /** Its description. */
  description?: string;
  /** Whether every project may use it. */
  public?: boolean;
  /** Its extra specs, as far as we may see them; blockbox's own are left out. */
  extraSpecs?: { [key: string]: string };
}

/** The availability zones. */
export interface FoundAvailabilityZone {
  /** Name of the availability zone. */
  name: string;
  /** Whether volumes can be made in it. */
  available: boolean;
}

/** Arguments of getVolume. */
export interface GetVolumeArgs {
  /** Id of the volume. */
  id: string;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: string;
}

/** What getVolume gives. */
export interface GetVolumeResult {
  /** Id of the volume, as a Volume has it. */
  id: string;
  /** Its name. */
  name: string;
  /** Its description. */
  description?: string;
  /** Size in GiB. */
  size: number;
  /** What it is doing: `available`, `in-use` or `deleting`; with Cinder any status that Cinder has. */
  status: string;
  /** Who has it. */
  attachments: VolumeAttachment[];
  /** Keys and values kept with it; Cinder's and blockbox's own are left out. */
  metadata: { [key: string]: string };
  /** Id of the Backend that it is in: `lvm:<volume group>` or `cinder:<volume type>`; absent for a volume without a type. */
  backend?: string;
  /** Whether it is marked as one to boot from. */
  bootable?: boolean;
  /** Whether attachments may only read it. */
  readOnly?: boolean;
  /** With Cinder: whether Cinder encrypts it. */
  encrypted?: boolean;
  /** With Cinder: whether it may be attached to several hosts at once. */
  multiattach?: boolean;
  /** With Cinder: its availability zone. */
  availabilityZone?: string;
  /** With Cinder: the pool that holds it, `<host>@<backend>#<pool>`; for administrators only. */
  serviceHost?: string;
  /** The snapshot that it was made from. */
  snapshotId?: string;
  /** The volume that it was made from. */
  sourceVolumeId?: string;
  /** When it was made, UTC. */
  createdAt?: string;
}

/** A volume as it is now, whoever manages it: for what changes by itself, such as its status and who has it. */
export function getVolume(args: GetVolumeArgs): Promise<GetVolumeResult> {
  return ask("getVolume", args);
}

/** Arguments of getVolumes. */
export interface GetVolumesArgs {
  /** Only volumes of this Backend; of a volume group of this host (`lvm:<volume group>`), its volumes that blockbox made. Left out: all volumes of the project in Cinder. */
  backend?: string;
  /** Only volumes of this type, by its name or UUID. */
  volumeType?: string;
  /** Only volumes of exactly this name. */
  name?: string;
  /** Only volumes with this status. */
  status?: string;
  /** Only volumes that have all of these keys with these values. */
  metadata?: { [key: string]: string };
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: string;
}

/** What getVolumes gives. */
export interface GetVolumesResult {
  /** The volumes; none is no error. */
  volumes: FoundVolume[];
}

/** All volumes that meet every filter given, as they are now, in the order of their ids. */
export function getVolumes(args?: GetVolumesArgs): Promise<GetVolumesResult> {
  return ask("getVolumes", args);
}

/** Arguments of getSnapshot. */
export interface GetSnapshotArgs {
  /** Id of the snapshot. */
  id: string;
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: string;
}

/** What getSnapshot gives. */
export interface GetSnapshotResult {
  /** Id of the snapshot. */
  id: string;
  /** Its name. */
  name: string;
  /** Its description. */
  description?: string;
  /** Id of the volume that it was taken of; with LVM that may be gone. */
  volume: string;
  /** Size of that volume when it was taken, in GiB. */
  size: number;
  /** What it is doing: `available`, `deleting` or `error` (it ran full, and what it held is lost); with Cinder any status that Cinder has. */
  status: string;
  /** Keys and values kept with it; blockbox's own are left out. */
  metadata: { [key: string]: string };
  /** When it was taken, UTC. */
  createdAt: string;
}

/** A snapshot as it is now, whoever manages it. */
export function getSnapshot(args: GetSnapshotArgs): Promise<GetSnapshotResult> {
  return ask("getSnapshot", args);
}

/** Arguments of getBackends. */
export interface GetBackendsArgs {
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: string;
}

/** What getBackends gives. */
export interface GetBackendsResult {
  /** Volume groups of this host, others' too. Absent where this host's lvm2 cannot be asked, but a Cinder can. */
  volumeGroups?: FoundVolumeGroup[];
  /** Volume services of Cinder. Absent where none is configured, or where it tells them to administrators only. */
  services?: FoundVolumeService[];
  /** Pools of Cinder, as its scheduler knows them. Absent where none is configured, or where it tells them to administrators only. */
  pools?: FoundPool[];
}

/** What there is to make volumes in, with its free capacity as it is now: the volume groups of this host and, where a Cinder is configured, its volume services and pools. */
export function getBackends(args?: GetBackendsArgs): Promise<GetBackendsResult> {
  return ask("getBackends", args);
}

/** Arguments of getVolumeTypes. */
export interface GetVolumeTypesArgs {
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: string;
}

/** What getVolumeTypes gives. */
export interface GetVolumeTypesResult {
  /** The volume types. */
  volumeTypes: FoundVolumeType[];
}

/** The volume types of Cinder that the project may see, in the order of their names. */
export function getVolumeTypes(args?: GetVolumeTypesArgs): Promise<GetVolumeTypesResult> {
  return ask("getVolumeTypes", args);
}

/** Arguments of getAvailabilityZones. */
export interface GetAvailabilityZonesArgs {
  /** An entry of clouds.yaml, instead of the service that is configured. */
  cloud?: string;
}

/** What getAvailabilityZones gives. */
export interface GetAvailabilityZonesResult {
  /** The availability zones. */
  availabilityZones: FoundAvailabilityZone[];
}

/** The availability zones of Cinder, in the order of their names. */
export function getAvailabilityZones(args?: GetAvailabilityZonesArgs): Promise<GetAvailabilityZonesResult> {
  return ask("getAvailabilityZones", args);
}

/** What getConnector gives. */
export interface GetConnectorResult {
  /** Name of this host. */
  hostName: string;
  /** Its iSCSI initiator name (IQN), from /etc/iscsi/initiatorname.iscsi. */
  initiator: string;
  /** The address that it has on its way out; absent where it has none. */
  ip?: string;
  /** Whether it uses several paths: never. */
  multipath: boolean;
}

/** What this host has to tell a block service before it can reach volumes over iSCSI: an Attachment takes it as `connector`. */
export function getConnector(): Promise<GetConnectorResult> {
  return ask("getConnector");
}
