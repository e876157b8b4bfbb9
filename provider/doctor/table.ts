import type { Check, Report, ServiceName, ServiceReport } from "./report.js";

const titles: Readonly<Record<ServiceName, string>> = {
  lvm: "volumes on this host's own LVM",
  iscsi: "volumes of a Cinder attached to this host over iSCSI",
  target: "volumes served from this host over iSCSI, as a cinder-volume here does",
  docker: "services in containers",
  cinder: "volumes of a Cinder",
};

const marks = { ok: "ok", warning: "!", lacking: "LACKS" } as const;

/** The report for people. */
export function table({ services, usable }: Report): string {
  const text = `${services.map(section).join("\n\n")}\n\n${verdict(services, usable)}\n`;
  // What others say could rewrite what a terminal shows.
  return text.replace(/[^\P{Cc}\n]/gu, " ");
}

function section({ name, usable, checks }: ServiceReport): string {
  const width = Math.max(...checks.map((check) => labelOf(check).length));
  return [`${name} (${titles[name]}): ${usable ? "usable" : "not usable"}`, ...checks.flatMap(lines(width))].join("\n");
}

const lines =
  (width: number) =>
  (check: Check): string[] => {
    const { state, found, command, advice } = check;
    const indent = " ".repeat(width + 11);
    return [
      `  ${marks[state].padEnd(6)} ${labelOf(check).padEnd(width)}  ${found}`,
      ...(command === undefined ? [] : [`${indent}$ ${command}`]),
      ...(advice === undefined ? [] : [`${indent}${advice}`]),
    ];
  };

function labelOf({ name, subject }: Check): string {
  return subject === undefined ? name : `${name} ${subject}`;
}

function verdict(services: readonly ServiceReport[], usable: boolean): string {
  const named = (wanted: boolean) => services.filter((one) => one.usable === wanted).map(({ name }) => name);
  const [good, bad] = [named(true), named(false)];
  const words = [
    ...(good.length === 0 ? [] : [`Usable: ${good.join(", ")}.`]),
    ...(bad.length === 0 ? [] : [`Not usable: ${bad.join(", ")}.`]),
  ];
  return `${words.join(" ")} ${usable ? "" : "Nothing was changed: run what stands behind $ above, then ask again."}`.trim();
}
