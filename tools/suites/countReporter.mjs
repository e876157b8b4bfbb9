import { resolve } from "node:path";

/**
 * A reporter for node's test runner: one word a line per test, as they end.
 * @param {AsyncIterable<import("node:test/reporters").TestEvent>} events
 */
export default async function* countReporter(events) {
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { details, skip, todo, name, file } = event.data;
    if (details.type === "suite") continue;
    const failed = event.type === "test:fail" && todo === undefined;
    // A file without a test is reported as a test of the file's name that passed.
    if (!failed && file === resolve(name)) continue;
    if (failed) yield "failed\n";
    else yield skip === undefined && todo === undefined ? "passed\n" : "skipped\n";
  }
}
