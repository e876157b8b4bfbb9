import type { CinderRig } from "../../support/cinder/options.js";

/** When volumes really took a status, by a trigger in Cinder's database on the clock that we have too. Nobody has to ask for it. */
export class Ends {
  readonly #rig: CinderRig;

  private constructor(rig: CinderRig) {
    this.#rig = rig;
  }

  static async of(rig: CinderRig): Promise<Ends> {
    await rig.sql("CREATE TABLE bench_ends (id VARCHAR(36), status VARCHAR(255), size INT, at DECIMAL(20, 6))");
    await rig.sql(`CREATE TRIGGER bench_end AFTER UPDATE ON volumes FOR EACH ROW INSERT INTO bench_ends
      SELECT NEW.id, NEW.status, NEW.size, UNIX_TIMESTAMP(SYSDATE(6)) FROM DUAL WHERE NEW.status <> OLD.status`);
    return new Ends(rig);
  }

  /** Seconds since 1970 of the last time that each volume came to rest in that status. */
  async last(status: "available" | "deleted"): Promise<Map<string, number>> {
    const rows = await this.#rig.sql(
      `SELECT id, CAST(MAX(at) AS CHAR) FROM bench_ends WHERE status = '${status}' GROUP BY id`,
    );
    return new Map(rows.map((row) => row.split("\t")).map(([id = "", at]) => [id, Number(at)] as const));
  }

  async drop(): Promise<void> {
    await this.#rig.sql("DROP TRIGGER bench_end");
    await this.#rig.sql("DROP TABLE bench_ends");
  }
}
