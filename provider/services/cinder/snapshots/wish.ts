/** A snapshot as it is wanted. */
export interface SnapshotWish {
  readonly volumeId: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the volume may be attached. */
  readonly force: boolean;
}
