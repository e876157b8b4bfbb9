import assert from "node:assert/strict";
import type { CinderRig } from "./options.js";

/** The names or ids of all that a Cinder holds of whatever we can make. */
export async function heldBy(rig: CinderRig): Promise<Record<string, string[]>> {
  const list = async (path: string, key: string) => {
    const { status, body } = await rig.call("GET", path);
    assert.equal(status, 200, path);
    const things = (body as Record<string, { id: string; name?: string }[]>)[key] ?? [];
    return things.map(({ id, name }) => name || id).sort();
  };
  return {
    volumes: await list("/volumes?all_tenants=1", "volumes"),
    snapshots: await list("/snapshots?all_tenants=1", "snapshots"),
    attachments: await list("/attachments?all_tenants=1", "attachments"),
    types: await list("/types?is_public=None", "volume_types"),
  };
}
