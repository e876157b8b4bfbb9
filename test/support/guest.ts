/** Whether these tests run in the guest (tools/guest): a kernel with device-mapper, where each start of a process costs. */
export const inGuest = process.env.BLOCKBOX_GUEST !== undefined;
