import type { BlockService } from "../service.js";
import { attachments } from "./attachments.js";
import { backends } from "./backends.js";
import { snapshots } from "./snapshots/snapshots.js";
import { volumes } from "./volumes.js";

/** The embedded block service: lvm2 of this host, with device-mapper or without. */
export const lvm: BlockService = { backends, volumes, attachments, snapshots };
