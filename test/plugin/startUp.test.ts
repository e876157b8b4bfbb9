import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProgramDir } from "../support/programDir.js";
import { startProvider } from "../support/provider.js";

test("the plugin loads Pulumi's protos, and not the SDK, which takes several times as long", {
  timeout: 60_000,
}, async (t) => {
  // Node then says of each CommonJS module that it loads it, and Pulumi's are.
  const provider = await startProvider({ cwd: await makeProgramDir(), door: "plugin", env: { NODE_DEBUG: "module" } });
  t.after(() => provider.stop());
  const loaded = [...provider.stderr().matchAll(/: load ".*\/@pulumi\/pulumi\/(.*?)"/g)].map(([, file]) => file ?? "");
  assert.ok(loaded.includes("proto/provider_pb.js"), provider.stderr().slice(0, 2_000));
  assert.deepEqual(
    loaded.filter((file) => !file.startsWith("proto/")),
    [],
  );
});
