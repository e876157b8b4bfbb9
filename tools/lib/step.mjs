const heartbeatMs = 15_000;

/**
 * One line for one thing that is brought: what, and how long it took. A long one says every 15 s that it is alive.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const begin = performance.now();
  process.stdout.write(`· ${title} …`);
  const heartbeat = setInterval(() => process.stdout.write(`\n  ${elapsed(begin, 0)} …`), heartbeatMs);
  try {
    const result = await work();
    process.stdout.write(` ${elapsed(begin, 1)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(` failed after ${elapsed(begin, 1)}\n`);
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/**
 * @param {number} begin
 * @param {number} digits
 */
function elapsed(begin, digits) {
  return `${((performance.now() - begin) / 1000).toFixed(digits)} s`;
}
