import { z } from "zod";
import { isUuid } from "../services/cinder/ids.js";
import { partsOfVolume } from "../services/lvm/ids.js";

/** The id of a Volume, of either service. */
export const volumeIdText = z
  .string("must be a Volume or its id")
  .refine(
    (id) => partsOfVolume(id) !== undefined || isUuid(id),
    "must be the id of a Volume: <volume group>/volume-<uuid>, or a UUID with Cinder",
  );
