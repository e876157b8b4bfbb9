import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { CinderRig } from "../../support/cinder/options.js";
import { command } from "../../support/system.js";
import { until } from "../../support/until.js";

interface Attached {
  readonly id: string;
  readonly node: readonly string[];
  readonly device: string;
  readonly folder: string;
}

/** What a script would do by hand: the same requests to Cinder, iscsiadm's commands, and sysfs. */
export class Bare {
  readonly #rig: CinderRig;
  readonly #path: string;
  #attached: Attached | undefined;

  constructor(rig: CinderRig, path: string) {
    this.#rig = rig;
    this.#path = path;
    mkdirSync(path, { recursive: true });
  }

  /** Of a volume that has a file system. */
  async attach(volume: string): Promise<void> {
    const connector = {
      ...{ host: "guest", initiator: "iqn.2026-01.org.example:guest", ip: "127.0.0.1", multipath: false },
      ...{ os_type: "linux", do_local_attach: false, mountpoint: "bare" },
    };
    const made = await this.#call("POST", "/attachments", {
      attachment: { volume_uuid: volume, mode: "rw", connector },
    });
    const { id, connection_info: info } = made.attachment as { id: string; connection_info: Record<string, string> };
    const { target_iqn: iqn = "", target_portal: portal = "", target_lun: lun = "" } = info;
    const node = ["-m", "node", "-T", iqn, "-p", portal];
    await command("iscsiadm", ...node, "--op", "new");
    const settings = {
      "node.session.auth.authmethod": "CHAP",
      "node.session.auth.username": info.auth_username ?? "",
      "node.session.auth.password": info.auth_password ?? "",
      "node.session.scan": "manual",
    };
    for (const [name, value] of Object.entries(settings))
      await command("iscsiadm", ...node, "--op", "update", "-n", name, "-v", value);
    await command("iscsiadm", ...node, "--login");
    const session = await sessionOf(iqn);
    const host = /host\d+/.exec(await command("readlink", "-f", `/sys/class/iscsi_session/${session}`))?.[0];
    await writeFile(`/sys/class/scsi_host/${host}/scan`, `- - ${lun}`);
    let folder = "";
    await until("the disk appears", () => {
      folder = lunFolder(`/sys/class/iscsi_session/${session}/device`, lun) ?? "";
      return folder !== "" && existsSync(`${folder}/block`);
    });
    const device = `/dev/${readdirSync(`${folder}/block`)[0]}`;
    await command("blkid", "-p", device);
    await command("mount", device, this.#path);
    await this.#call("POST", `/attachments/${id}/action`, { "os-complete": {} });
    this.#attached = { id, node, device, folder };
  }

  async detach(): Promise<void> {
    const { id, node, device, folder } = this.#attached as Attached;
    await command("umount", this.#path);
    await command("blockdev", "--flushbufs", device);
    await writeFile(`${folder}/delete`, "1");
    await command("iscsiadm", ...node, "--logout");
    await command("iscsiadm", ...node, "--op", "delete");
    await this.#call("DELETE", `/attachments/${id}`);
  }

  async #call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.#rig.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Record<string, unknown>;
  }
}

async function sessionOf(iqn: string): Promise<string> {
  const lines = (await command("grep", "-H", "", ...targetNames())).split("\n");
  const found = lines.find((line) => line.endsWith(`:${iqn}`));
  const name = /iscsi_session\/(session\d+)\//.exec(found ?? "")?.[1];
  if (name === undefined) throw new Error(`there is no session with ${iqn}`);
  return name;
}

function targetNames(): string[] {
  const folder = "/sys/class/iscsi_session";
  return readdirSync(folder).map((name) => `${folder}/${name}/targetname`);
}

function lunFolder(device: string, lun: string): string | undefined {
  const targets = readdirSync(device).filter((name) => name.startsWith("target"));
  const all = targets.flatMap((target) =>
    readdirSync(`${device}/${target}`).map((name) => `${device}/${target}/${name}`),
  );
  return all.find((path) => path.endsWith(`:${lun}`));
}
