import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { describe, it } from "node:test";
import { ops } from "../support/cinder/converge.js";
import { assertNothingHere, iscsiCinder, makeIscsiBed } from "../support/cinder/iscsiBed.js";
import { digest, pattern, sha256, writeThrough } from "../support/content.js";
import type { Program } from "../support/deployment.js";

const cinder = iscsiCinder();

describe("an attachment to this host that nothing but Cinder knows of", () => {
  it("is imported with its disk and mount, and is then as the program says", async () => {
    const bed = makeIscsiBed(cinder());
    const { deployment } = bed;
    const content = pattern("imported", 2 ** 20);
    mkdirSync(bed.path("disk"));
    const mount = { path: bed.path("disk"), options: ["noatime"] };
    const program: Program = [
      bed.pool("lio"),
      bed.volume("data", "lio"),
      bed.attachment("disk", "data", { size: 1, mount }),
    ];
    const imported = cinder().deployment({ stack: deployment.stack });
    try {
      await deployment.up(program);
      await writeThrough(bed.path("disk/file"), content);
      for (const { kind, name } of program) {
        const hidden = imported.hidden({ kind, name });
        const {
          id,
          outputs,
          inputs = {},
        } = await imported.withProvider((provider) => provider.read(deployment.get(name).id, hidden));
        imported.state.set(name, { kind, name, id, inputs, outputs, initErrors: [] });
      }
      const { outputs } = imported.get("disk");
      assert.equal(outputs.mountPath, bed.path("disk"));
      assert.equal(outputs.devicePath, deployment.get("disk").outputs.devicePath);
      // This host asks for it again when it needs it.
      assert.equal("connectionInfo" in outputs, false);
      assert.deepEqual(ops(await imported.preview(program)), { lio: "same", data: "same", disk: "same" });
      const other = bed.attachment("disk", "data", { size: 1, mount: { path: bed.path("moved") } });
      await imported.up([...program.slice(0, 2), other]);
      assert.equal(await sha256(bed.path("moved/file")), digest(content));
    } finally {
      await (imported.state.size === program.length ? imported : deployment).destroy();
    }
    assertNothingHere("after the destroy");
  });
});
