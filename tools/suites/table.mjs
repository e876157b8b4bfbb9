/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} seconds
 * @property {number} [passed]
 * @property {number} [failed]
 * @property {number} [skipped]
 */

/**
 * @param {readonly Row[]} rows
 * @param {number} [seconds] of all together, where suites ran beside each other
 * @returns {string} ends in the line that CI reads: `N passed, N failed`
 */
export function resultTable(rows, seconds = rows.reduce((total, row) => total + row.seconds, 0)) {
  /** @param {"passed" | "failed" | "skipped"} key */
  const sum = (key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
  const lines = [
    ["suite", "seconds", "passed", "failed", "skipped"],
    ...rows.map((row) => [row.name, row.seconds.toFixed(1), ...counts(row)]),
    ["all", seconds.toFixed(1), ...[sum("passed"), sum("failed"), sum("skipped")].map(String)],
  ].map(([name = "", ...cells]) => name.padEnd(16) + cells.map((cell) => cell.padStart(9)).join(""));
  return `${lines.join("\n")}\n\n${sum("passed")} passed, ${sum("failed")} failed\n`;
}

/** @param {Row} row */
function counts({ passed, failed, skipped }) {
  return [passed, failed, skipped].map((count) => (count === undefined ? "" : String(count)));
}
