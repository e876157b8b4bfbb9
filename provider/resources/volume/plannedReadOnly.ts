/** Whether volumes are to be read only after this update, by id, where it changes that. */
const planned = new Map<string, boolean>();

/** A Volume's diff comes before the check of its Attachments, which are judged by what it will be. */
export function planReadOnly(volumeId: string, readOnly: boolean): void {
  planned.set(volumeId, readOnly);
}

/** It is so from now on, or will never be. */
export function readOnlyIsSettled(volumeId: string): void {
  planned.delete(volumeId);
}

export function plannedReadOnly(volumeId: string): boolean | undefined {
  return planned.get(volumeId);
}
