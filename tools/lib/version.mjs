/**
 * The numbers of a version such as `v3.259.0`, `go1.26.6` or `24.21.0-rc.1`; empty where there are none.
 * @param {string} text
 */
export function parseVersion(text) {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found ? found.slice(1).map((part) => Number(part ?? 0)) : [];
}

/**
 * @param {string} text
 * @param {string} least
 */
export function isAtLeast(text, least) {
  const have = parseVersion(text);
  if (have.length === 0) return false;
  for (const [index, wanted] of parseVersion(least).entries()) {
    const part = have[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
