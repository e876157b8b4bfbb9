/** A volume as it is wanted. */
export interface VolumeWish {
  readonly name: string;
  readonly description: string | undefined;
  /** GiB; that of the source where there is none. */
  readonly size: number | undefined;
  /** Name or UUID of its type; Cinder's default where there is none. */
  readonly type: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bootable: boolean | undefined;
  readonly readOnly: boolean;
  readonly snapshotId: string | undefined;
  readonly sourceVolumeId: string | undefined;
  readonly adopt: { readonly serviceHost: string; readonly sourceName: string } | undefined;
  readonly availabilityZone: string | undefined;
  readonly schedulerHints: Readonly<Record<string, string>> | undefined;
}
