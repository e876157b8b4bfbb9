import * as blockbox from "pulumi-blockbox";

const pool = new blockbox.Backend("pool", { lvm: { loopFile: { size: 4, sparse: true } } });
const data = new blockbox.Volume("data", { backend: pool, size: 1 });

// As it is now; asked once the volume is there.
const now = data.id.apply((id) => blockbox.getVolume({ id }));

export const status = now.status;
export const freeGib = blockbox
  .getBackends()
  .then(({ volumeGroups = [] }) => Object.fromEntries(volumeGroups.map(({ name, freeGib }) => [name, freeGib])));
