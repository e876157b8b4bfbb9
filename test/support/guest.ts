/** Whether these tests run in the guest (tools/guest): a kernel with device-mapper, where each start of a process costs. */
export const inGuest = process.env.BLOCKBOX_GUEST !== undefined;

/** How long something may take that is done in so many ms elsewhere. */
export function within(ms: number): number {
  return inGuest ? 5 * ms : ms;
}
