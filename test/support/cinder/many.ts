import type { Stored } from "../deployment.js";
import { startEngine } from "./engine.js";
import type { CinderRig } from "./options.js";
import { Raw } from "./raw.js";

/**
 * So many volumes as state has them. One is made by the provider; the others are copies of its row in Cinder's database,
 * since making 1,000 takes minutes.
 */
export async function manyVolumes(rig: CinderRig, count: number): Promise<Stored[]> {
  const volumeType = await new Raw(rig).type("nfs");
  const engine = await startEngine(rig);
  const metadata = { team: "storage", tier: "gold" };
  const inputs = await engine.check(engine.inputs("Volume", "many", { size: 1, volumeType, metadata }));
  const first = await engine.create("Volume", "many", inputs);
  await engine.stop();
  await copyRow(rig, "volumes", count - 1, `id = '${first.id}'`, { id: "UUID()" });
  const ids = await rig.sql("SELECT id FROM volumes WHERE deleted = 0");
  const others = `(SELECT id FROM volumes WHERE deleted = 0 AND id <> '${first.id}') AS other`;
  await rig.sql(`INSERT INTO volume_metadata (created_at, deleted, volume_id, \`key\`, value)
    SELECT m.created_at, m.deleted, other.id, m.\`key\`, m.value FROM volume_metadata m, ${others}
    WHERE m.volume_id = '${first.id}' AND m.deleted = 0`);
  return ids.map((id, index) => ({ ...first, id, name: `many-${index}` }));
}

async function copyRow(
  rig: CinderRig,
  table: string,
  copies: number,
  which: string,
  own: Readonly<Record<string, string>>,
): Promise<void> {
  const columns = await rig.sql(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = 'cinder' AND table_name = '${table}'`,
  );
  const names = columns.map((name) => `\`${name}\``).join();
  const values = columns.map((name) => own[name] ?? `\`${name}\``).join();
  await rig.sql(`INSERT INTO ${table} (${names}) SELECT ${values} FROM ${table}, seq_1_to_${copies} WHERE ${which}`);
}
