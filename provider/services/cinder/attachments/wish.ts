/** An attachment of a volume to another host, as it is wanted. */
export interface AttachmentWish {
  readonly volumeId: string;
  readonly mode: "rw" | "ro";
  readonly connector: {
    readonly hostName: string;
    readonly initiator: string;
    readonly ip?: string | undefined;
    readonly multipath: boolean;
  };
}
