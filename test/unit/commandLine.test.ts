import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readArguments } from "../../provider/cli/arguments.js";
import { UsageError } from "../../provider/cli/usage.js";

describe("what a command line asks for", () => {
  const defaults = { kind: "doctor", services: [], json: false, timeoutS: 10, settings: {} };
  const stack = { project: "shop", name: "dev" };
  const imported = { kind: "import", stack, connector: undefined, settings: {} };
  const cases: [args: string[], wish: object][] = [
    [["doctor"], defaults],
    [["doctor", "cinder", "lvm"], { ...defaults, services: ["cinder", "lvm"] }],
    [["--json", "doctor", "--timeout=0.5"], { ...defaults, json: true, timeoutS: 0.5 }],
    [
      ["doctor", "--cloud", "lab", "--endpoint", "http://h:8776"],
      { ...defaults, settings: { cloud: "lab", endpoint: "http://h:8776" } },
    ],
    [["doctor", "--help"], { kind: "help" }],
    [["-h"], { kind: "help" }],
    [
      ["import", "volume:the data=vg/volume-1", "--stack", "org/shop/dev", "--endpoint=http://h:8776", "--project=p"],
      {
        ...imported,
        existing: [{ kind: "Volume", name: "the data", id: "vg/volume-1" }],
        settings: { endpoint: "http://h:8776", project: "p" },
      },
    ],
    [
      ["import", "backend:a=cinder:b=c", "--stack=shop/dev", "--initiator", "iqn.1", "--ip=192.0.2.1"],
      {
        ...imported,
        existing: [{ kind: "Backend", name: "a", id: "cinder:b=c" }],
        connector: { initiator: "iqn.1", ip: "192.0.2.1" },
      },
    ],
    [["--version"], { kind: "version" }],
  ];
  for (const [args, wish] of cases) {
    test(args.join(" "), () => assert.deepEqual(readArguments(args), wish));
  }

  const strange: [args: string[], says: RegExp][] = [
    [[], /what to do is missing/],
    [["Doctor"], /no command "Doctor"/],
    [["doctor", "lvm", "ceph"], /no service "ceph": they are lvm, iscsi, target, docker, cinder/],
    [["doctor", "--jsn"], /^Unknown option '--jsn'$/],
    [["doctor", "--cloud"], /^Option '--cloud <value>' argument missing$/],
    [["doctor", "--json=yes"], /--json/],
    [["doctor", "--cloud="], /--cloud is empty/],
    [["doctor", "--endpoint", " "], /--endpoint is empty/],
    [["doctor", "--stack", "a/b"], /--stack is not an option of doctor/],
    [["import", "--stack", "a/b"], /what to import is missing/],
    [["import", "volume:a=b"], /--stack is missing: it is PROJECT\/STACK/],
    [["import", "volume:a=b", "--stack", "dev"], /--stack is "dev": it is PROJECT\/STACK/],
    [["import", "disk:a=b", "--stack=a/b"], /"disk:a=b" is not KIND:NAME=ID, with one of backend, volume, snapshot/],
    [["import", "volume:a", "--stack=a/b"], /"volume:a" is not KIND:NAME=ID/],
    [["import", "volume:a=b", "--stack=a/b", "--ip", "192.0.2.1"], /--ip is given without --initiator/],
    [["import", "volume:a=b", "--stack=a/b", "--json"], /--json is not an option of import/],
    [["doctor", "--timeout", "-1"], /--timeout/],
    [["doctor", "--timeout=0"], /--timeout is "0": it is a number of seconds from 0\.1 to 3600/],
    [["doctor", "--timeout=1e9"], /--timeout/],
    [["doctor", "--timeout="], /--timeout/],
  ];
  for (const [args, says] of strange) {
    test(`${args.join(" ")}: not understood`, () => {
      assert.throws(
        () => readArguments(args),
        (error) => error instanceof UsageError && says.test(error.message) && !error.message.includes("\n"),
      );
    });
  }
});
