import { serviceOfBackend, serviceOfId } from "../../resources/serviceOf.js";
import { partsOfVolume } from "../../services/lvm/ids.js";
import { functionOf } from "../function.js";
import { type FoundVolume, getVolumeDeclaration, getVolumesDeclaration, type VolumeFilters } from "./declaration.js";

const lvm = () => import("./lvm.js");
const cinder = () => import("./cinder.js");

export const getVolume = functionOf(
  getVolumeDeclaration,
  async ({ id, cloud }) => {
    const parts = partsOfVolume(id);
    return parts ? (await lvm()).volumeHere(parts) : (await cinder()).volumeIn(cloud, id);
  },
  ({ id }) => serviceOfId(id),
);

export const getVolumes = functionOf(
  getVolumesDeclaration,
  async (filters) => {
    const { backend } = filters;
    const candidates =
      backend !== undefined && serviceOfBackend(backend, undefined) === "lvm"
        ? await (await lvm()).volumesOf(backend)
        : await (await cinder()).volumesLike(filters);
    const volumes = candidates.filter((volume) => meets(volume, filters));
    return { volumes: volumes.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  },
  ({ backend }) => serviceOfBackend(backend, undefined),
);

/** Filters that both services have: a service may have narrowed its list by them already, in its own way. */
function meets(volume: FoundVolume, { backend, name, status, metadata = {} }: VolumeFilters): boolean {
  return (
    (backend === undefined || volume.backend === backend) &&
    (name === undefined || volume.name === name) &&
    (status === undefined || volume.status === status) &&
    Object.entries(metadata).every(([key, value]) => volume.metadata[key] === value)
  );
}
