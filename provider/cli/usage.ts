import type { ServiceName } from "../doctor/report.js";
import type { ImportWish } from "./importFile.js";

export const usage = `Usage: pulumi-blockbox doctor [SERVICE...] [OPTION...]
       pulumi-blockbox import KIND:NAME=ID... --stack PROJECT/STACK [OPTION...]

doctor tells what this host has and lacks for each service, with the command that mends it. Changes nothing.

Services, all unless some are named:
  lvm      volumes on this host's own LVM
  iscsi    volumes of a Cinder attached to this host
  target   volumes served from this host by a cinder-volume
  docker   services in containers
  cinder   a Cinder: from CINDER_ENDPOINT, OS_* or clouds.yaml, as the provider finds it

import prints what \`pulumi import --file\` takes, for a program whose resources come from "pulumi-blockbox": what exists, as
it is. KIND is backend, volume, snapshot or attachment; NAME is the resource's name in the program. Changes nothing.

Options:
  --cloud NAME         this entry of clouds.yaml
  --endpoint URL       the Cinder at this address, e.g. http://127.0.0.1:8776/v3
  -h, --help           this text
  --version            the release of pulumi-blockbox

Options of doctor:
  --timeout SECONDS    for each question to a Cinder or to Docker (default: 10)
  --json               for programs: see docs/doctor.md

Options of import:
  --stack PROJECT/STACK  the stack that it is for
  --project ID           the project of Cinder, where nothing else says it
  --initiator IQN        of attachments to other hosts: the initiator name in their connector
  --ip ADDRESS           of attachments to other hosts: the address in their connector

doctor ends with 0 where all services that were named are usable, or, where none was named, lvm or cinder is; else with 1.
What is not understood, or fails itself, ends with 2.
`;

/** Settings of the provider's configuration. */
export type Settings = Readonly<Record<string, string>>;

/** What a command line asks for. */
export type Wish =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | {
      readonly kind: "doctor";
      readonly services: readonly ServiceName[];
      readonly json: boolean;
      readonly timeoutS: number;
      readonly settings: Settings;
    }
  | ({ readonly kind: "import"; readonly settings: Settings } & ImportWish);

/** A command line that says nothing we know. */
export class UsageError extends Error {}
