/** One measured number, what it is held against in the same run, and the limit it has to keep. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the same costs without us, in the same unit. */
  readonly floor?: number;
  /** Where it is met: the ratio of value and floor, or the value itself. */
  readonly limit?: { readonly ratio: number } | { readonly atMost: number } | { readonly aboveFloor: number };
}

function isMet({ value, floor = 0, limit }: Figure): boolean | undefined {
  if (limit === undefined) return undefined;
  if ("ratio" in limit) return value <= limit.ratio * floor;
  return "atMost" in limit ? value <= limit.atMost : value <= floor + limit.aboveFloor;
}

/** Says which limits are missed, and makes that this program's end. */
export function conclude(figures: readonly Figure[]): void {
  const missed = figures.filter((figure) => isMet(figure) === false);
  const names = missed.map(({ name }) => name.trim()).join("; ");
  process.stdout.write(missed.length === 0 ? "All limits are met.\n" : `Missed: ${names}.\n`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

const columns = ["figure", "value", "floor", "ratio", "limit", ""];

export function figureTable(figures: readonly Figure[]): string {
  const rows = [columns, ...figures.map(row)];
  const widths = columns.map((_, index) => Math.max(...rows.map((cells) => (cells[index] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)));
  return `${rows.map((cells) => line(cells).join("  ").trimEnd()).join("\n")}\n`;
}

function row(figure: Figure): string[] {
  const { name, value, unit, floor, limit } = figure;
  const met = isMet(figure);
  return [
    name,
    amount(value, unit),
    floor === undefined ? "" : amount(floor, unit),
    floor === undefined ? "" : (value / floor).toFixed(2),
    limit === undefined ? "" : limitText(limit, unit),
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

function limitText(limit: NonNullable<Figure["limit"]>, unit: string): string {
  if ("ratio" in limit) return `${limit.ratio} x`;
  return "atMost" in limit ? amount(limit.atMost, unit) : `floor + ${amount(limit.aboveFloor, unit)}`;
}

function amount(value: number, unit: string): string {
  return `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.trimEnd();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Seconds that something takes. */
export async function timed(body: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await body();
  return (performance.now() - begin) / 1_000;
}
