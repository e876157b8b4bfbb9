import type { Program } from "../deployment.js";
import type { Rule } from "./faults.js";
import { attachment, snapshot, volume } from "./programs.js";

/** A change of a program, and the request that it makes and that goes wrong. */
export interface Link {
  /** e.g. `POST /volumes`. */
  readonly name: string;
  readonly broken: Pick<Rule, "method" | "path" | "when">;
  readonly to: Program;
  /** Whether what it makes is not in the state before the answer. */
  readonly makes?: true;
  /** Nothing goes wrong: only the way to the next one. */
  readonly isWay?: true;
}

export interface Chain {
  readonly name: string;
  /** What is there before. */
  readonly start: Program;
  readonly links: readonly Link[];
}

export interface Types {
  readonly one: string;
  readonly other: string;
}

const link = (request: string, to: Program, more: Partial<Link> = {}): Link => {
  const [method = "", path = ""] = request.split(" ");
  return { name: request, broken: { method, path: pattern(path) }, to, ...more };
};

const pattern = (path: string) => new RegExp(`^/v3${path.replaceAll("*", "[^/]+")}$`);

const action = (name: string, to: Program): Link => ({
  name: `POST /volumes/*/action ${name}`,
  broken: { method: "POST", path: /\/action$/, when: ({ body }) => body.includes(name) },
  to,
});

/** The life of each resource, one changing request after the other: all kinds that we make. */
export function chains(types: Types, poolName: string): Chain[] {
  const timeouts = { create: 40, update: 40, delete: 12 };
  const v = (inputs: Record<string, unknown> = {}) => volume({ volumeType: types.one, timeouts, ...inputs });
  const pool = (cinder: Record<string, unknown>): Program => [
    { kind: "Backend", name: "p", inputs: { name: poolName, cinder, timeouts } },
  ];
  const specs = (more: Record<string, string>) => ({ volumeBackendName: "faults", extraSpecs: more });
  const grown = { size: 2, name: "new", metadata: { b: "1" } };
  const snap = (name: string) => snapshot({ name, timeouts });
  return [
    {
      name: "a Backend",
      start: [],
      links: [
        link("POST /types", pool(specs({ "bbt:a": "1" })), { makes: true }),
        link("POST /types/*/extra_specs", pool(specs({ "bbt:a": "2", "bbt:b": "1" }))),
        link("DELETE /types/*/extra_specs/*", pool(specs({ "bbt:a": "2" }))),
        link("PUT /types/*", pool({ ...specs({ "bbt:a": "2" }), description: "new" })),
        link("DELETE /types/*", []),
      ],
    },
    {
      name: "a Volume",
      start: [],
      links: [
        link("POST /volumes", [v()], { makes: true }),
        link("PUT /volumes/*", [v({ name: "new" })]),
        link("POST /volumes/*/metadata", [v({ name: "new", metadata: { a: "1", b: "1" } })]),
        link("DELETE /volumes/*/metadata/a", [v({ name: "new", metadata: { b: "1" } })]),
        action("os-extend", [v(grown)]),
        action("os-retype", [v({ ...grown, volumeType: types.other })]),
        action("os-set_bootable", [v({ ...grown, volumeType: types.other, bootable: true })]),
        action("os-update_readonly_flag", [v({ ...grown, volumeType: types.other, bootable: true, readOnly: true })]),
        link("DELETE /volumes/*", []),
      ],
    },
    {
      name: "a Snapshot",
      start: [v()],
      links: [
        link("POST /snapshots", [v(), snap("old")], { makes: true }),
        link("PUT /snapshots/*", [v(), snap("new")]),
        link("DELETE /snapshots/*", [v()]),
      ],
    },
    {
      name: "an Attachment",
      start: [v()],
      links: [
        link("POST /volumes/*/metadata", [v(), attachment()], { makes: true }),
        link("DELETE /attachments/*", [v()]),
        link("POST /attachments", [v(), attachment()], { makes: true }),
        { ...link("DELETE /attachments/*", [v()]), isWay: true },
        link("POST /attachments/*/action", [v(), attachment()], { makes: true }),
      ],
    },
  ];
}
