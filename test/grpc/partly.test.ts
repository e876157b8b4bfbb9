import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed } from "../support/bed.js";
import { loopsOver, mountsUnder } from "../support/cleanup.js";
import { providerText } from "../support/deployment.js";
import { CallError } from "../support/rpc.js";
import { pathWith, shim } from "../support/shim.js";

for (const next of ["up", "destroy"] as const) {
  test(`an attachment that could be neither finished nor undone keeps its id, and the next ${next} deals with it`, async (t) => {
    const bed = await makeBed(t, "partly");
    const without = [bed.backend(), bed.volume("data", { size: 1 })];
    const program = [...without, bed.attachment("disk", "data")];
    await bed.deployment.up(without);

    const noMount = await shim(bed.path("bin"), "mount", "echo no mount today >&2; exit 32");
    const keeps = 'case "$*" in *-d*|*--detach*) echo no detach today >&2; exit 1;; *) exec "$real" "$@";; esac';
    const noDetach = await shim(bed.path("bin"), "losetup", keeps);
    bed.deployment.env = { PATH: pathWith(noMount, noDetach) };
    await assert.rejects(bed.deployment.up(program), (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      assert.ok(error.init, "the device is there, but no state knows of it");
      assert.equal(error.init.resource, bed.deployment.get("data").id);
      // without it the stack could never be destroyed
      assert.equal(error.init.properties.__provider, providerText("Attachment"));
      // reasons are all that the CLI shows
      assert.match(error.init.reasons.join(), /no mount today/);
      assert.doesNotMatch(error.init.reasons.join(), /\n\s+at |Error:/);
      return true;
    });
    const partly = bed.deployment.get("disk");
    for (const [name, value] of Object.entries(partly.inputs)) assert.deepEqual(partly.outputs[name], value, name);
    assert.equal((await loopsOver(bed.image)).length, 2);

    bed.deployment.env = {};
    if (next === "up") {
      await bed.deployment.up(program);
      assert.deepEqual(await mountsUnder(bed.dir), [bed.path("disk")]);
      assert.deepEqual(
        (await bed.deployment.preview(program)).map(({ op }) => op),
        ["same", "same", "same"],
      );
    }
    await bed.deployment.destroy();
    assert.deepEqual(await loopsOver(bed.image), []);
  });
}
