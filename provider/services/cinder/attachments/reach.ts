import { BlockboxError } from "../../../errors.js";
import { type Chap, requireChap, requireTarget, type Target } from "../../../host/iscsi/target.js";
import type { CinderAttachment } from "../api/attachments.js";
import { connectionInfoOf } from "./connectionInfo.js";

/** How this host reaches an attachment's volume. */
export interface Reach {
  readonly target: Target;
  readonly chap: Chap | undefined;
}

/** What an attachment's connection information says, if this host can do it. Throws HOST_UNFIT, SERVICE_UNFIT. */
export function reachOf(attachment: CinderAttachment): Reach {
  const info = connectionInfoOf(attachment);
  const { id, volume_id: volume } = attachment;
  if (info === undefined) {
    throw new BlockboxError(
      "SERVICE_FAILED",
      `Cinder gives no connection information of attachment ${id}: it was not exported. Delete it, and attach again.`,
    );
  }
  if (info.driverVolumeType !== "iscsi")
    throw cannot(
      volume,
      `its backend exports it by "${info.driverVolumeType}", and a host of ours attaches over iSCSI alone`,
    );
  if (info.encrypted === true) throw cannot(volume, "it is encrypted, and its key is not ours to ask for");
  if (info.other.enforce_multipath === "true")
    throw cannot(volume, "its type wants several paths (multipath), and we use one");
  const { targetPortal: portal, targetIqn: iqn, targetLun: lun, authMethod, authUsername, authPassword } = info;
  return { target: requireTarget({ portal, iqn, lun }), chap: requireChap(authMethod, authUsername, authPassword) };
}

function cannot(volume: string, why: string): BlockboxError {
  return new BlockboxError(
    "HOST_UNFIT",
    `Volume ${volume} cannot be attached on this host: ${why}. Give the Attachment a \`connector\`, and attach by other means.`,
  );
}
