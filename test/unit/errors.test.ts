import assert from "node:assert/strict";
import test from "node:test";
import { dynamicProvider } from "../../provider/dynamic/adapter.js";
import { BlockboxError, PartlyMadeError } from "../../provider/errors.js";
import type { Resource } from "../../provider/resources/resource.js";

/** A resource whose every method fails with this: a stand-in for a fault, to see how the door tells of it. */
function failing(error: unknown) {
  const fail = () => Promise.reject(error);
  const declaration = { name: "Volume", doc: "", inputs: {}, outputs: {} };
  const resource: Resource = {
    foreseenId: () => undefined,
    declaration,
    check: fail,
    diff: fail,
    create: fail,
    read: fail,
    update: fail,
    delete: fail,
  };
  return dynamicProvider(async () => resource);
}

const inputs = { size: 1, __urn: "urn:pulumi:s::p::t::n", __provider: "text" };

/** The error that a call of the door ends in. */
async function errorOf(call: Promise<unknown>): Promise<Error & { id?: unknown }> {
  return call.then(
    () => assert.fail("it did not fail"),
    (error) => error,
  );
}

function allCalls(provider: ReturnType<typeof failing>): Promise<unknown>[] {
  return [
    provider.check({}, inputs),
    provider.diff("id", inputs, inputs),
    provider.create(inputs),
    provider.read("id", inputs),
    provider.update("id", inputs, inputs),
    provider.delete("id", inputs),
  ];
}

test("an error of ours reaches the user as its message and code, in every method, without a stack", async () => {
  const provider = failing(new BlockboxError("NO_SPACE", "The pool is full."));
  for (const call of allCalls(provider)) {
    const error = await errorOf(call);
    assert.equal(error.message, "The pool is full. [NO_SPACE]");
    // What Pulumi's provider process prints.
    assert.equal(`${error}: ${error.stack}`, "blockbox: the error stands with its resource");
  }
});

test("an error with an id, from wherever it comes, does not count as a resource that was created", async () => {
  const provider = failing(Object.assign(new Error("odd"), { id: "x" }));
  for (const call of allCalls(provider)) assert.equal((await errorOf(call)).id, undefined);
});

test("something thrown that is no error of ours is told as a defect", async () => {
  const error = await errorOf(failing(new TypeError("x is not a function")).delete("id", inputs));
  assert.match(error.message, /^This is a defect of pulumi-blockbox, please report it: TypeError: x is not a function/);
});

test("what was partly made keeps its id, its outputs and the provider's text", async () => {
  const cause = new BlockboxError("IN_USE", "It is stuck.");
  const partly = new PartlyMadeError(cause, { resourceId: "vg/lv", outputs: { size: 1, device: undefined } });
  for (const call of [failing(partly).create(inputs), failing(partly).update("vg/lv", inputs, inputs)]) {
    const error = (await errorOf(call)) as Error & { id: string; reasons: string[]; properties: unknown };
    assert.equal(error.id, "vg/lv");
    assert.deepEqual(error.reasons, ["It is stuck. [IN_USE]"]);
    assert.deepEqual(error.properties, inputs);
  }
});

test("an error is known by its brand, not by its class: two copies of the package live at once", () => {
  const brand = Symbol.for("pulumi-blockbox.error");
  assert.ok(BlockboxError.is(new BlockboxError("IN_USE", "x")));
  assert.ok(BlockboxError.is(Object.assign(new Error("of another copy"), { [brand]: true })));
  assert.ok(!BlockboxError.is(new Error("x")));
  assert.ok(!BlockboxError.is(undefined));
});
