import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Ground, rigFolder } from "./ground.js";
import { acceptsConnections, untilReady } from "./waiting.js";

const run = promisify(execFile);

export interface Database {
  /** As SQLAlchemy wants it. */
  readonly url: string;
  /** Runs a statement in Cinder's database; answers rows of tab-separated columns, without a heading. */
  sql(statement: string): Promise<string[]>;
}

/** MariaDB on a copy of the seed, or on what the ground has of an earlier boot; reached by its socket alone. */
export async function startDatabase(ground: Ground, seed: string): Promise<Database> {
  const data = join(ground.folder, "mysql");
  const path = join(ground.folder, "mysql.sock");
  if (!existsSync(data)) await cp(join(seed, "mysql"), data, { recursive: true });
  const running = ground.run("mariadb", "/usr/sbin/mariadbd", [
    `--defaults-file=${join(rigFolder, "mariadb.cnf")}`,
    `--datadir=${data}`,
    `--socket=${path}`,
    `--tmpdir=${ground.folder}`,
    `--pid-file=${join(ground.folder, "mysql.pid")}`,
    // The guest has neither 8 TiB of addresses nor io_uring.
    "--loose-innodb-buffer-pool-size-max=64M",
    "--innodb-use-native-aio=0",
  ]);
  await untilReady(running, "listening", () => acceptsConnections({ path }));
  return {
    // PyMySQL would prepare TLS for every connection, though a socket has none: that is half of the time of a burst.
    url: `mysql+pymysql://root@localhost/cinder?unix_socket=${path}&ssl_disabled=true`,
    async sql(statement) {
      const options = ["--no-defaults", "--user=root", `--socket=${path}`, "--batch", "--skip-column-names"];
      const { stdout } = await run("mariadb", [...options, "--execute", statement, "cinder"], { timeout: 30_000 });
      return stdout.split("\n").filter((line) => line !== "");
    },
  };
}
