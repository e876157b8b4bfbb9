import type { VolumeType } from "../api/types.js";

/** A volume type as a Backend wants it. */
export interface TypeWish {
  readonly name: string;
  readonly description: string | undefined;
  /** Nothing: as it is. */
  readonly isPublic: boolean | undefined;
  readonly volumeBackendName: string | undefined;
  readonly extraSpecs: Readonly<Record<string, string>>;
  /** The volume service that has to be up: `<host>@<backend>`. */
  readonly serviceHost: string | undefined;
  readonly adopt: boolean;
}

/** Extra specs of the type that the wish speaks of: other keys are left alone. */
export function specsOf({ volumeBackendName, extraSpecs }: TypeWish): Record<string, string> {
  return { ...extraSpecs, ...(volumeBackendName === undefined ? {} : { volume_backend_name: volumeBackendName }) };
}

/** What is known of a Backend in Cinder. */
export interface SeenType {
  readonly type: VolumeType;
  readonly state: "up" | "down";
  readonly totalGib: number | undefined;
  /** `<host>@<backend>` of each service that serves it. */
  readonly services: string[];
}
