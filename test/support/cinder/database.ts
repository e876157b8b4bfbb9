import { cp } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type Ground, rigFolder } from "./ground.js";
import { untilReady } from "./waiting.js";

/** MariaDB on a copy of the seed, reached by its socket alone. Answers the URL for SQLAlchemy and the socket. */
export async function startDatabase(ground: Ground, seed: string): Promise<{ url: string; socket: string }> {
  const data = join(ground.folder, "mysql");
  const socket = join(ground.folder, "mysql.sock");
  await cp(join(seed, "mysql"), data, { recursive: true });
  const args = [
    `--defaults-file=${join(rigFolder, "mariadb.cnf")}`,
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--tmpdir=${ground.folder}`,
    `--pid-file=${join(ground.folder, "mysql.pid")}`,
  ];
  const running = ground.run("mariadb", "/usr/sbin/mariadbd", args);
  await untilReady(running, "listening", () => accepts(socket), 60_000);
  return { url: `mysql+pymysql://root@localhost/cinder?unix_socket=${socket}`, socket };
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(path, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on("error", () => resolve(false));
  });
}
