import assert from "node:assert/strict";
import test from "node:test";
import { autoName, identityOf } from "../../provider/resources/identity.js";

const urn = "urn:pulumi:dev::shop::blockbox:index:Volume::data";

test("an identity is the same whenever it is asked for, and another for another resource, stack or parent", () => {
  assert.deepEqual(identityOf(urn), identityOf(urn));
  const others = [
    urn.replace("::data", "::date"),
    urn.replace("dev", "prod"),
    urn.replace("shop", "store"),
    urn.replace("blockbox:index:Volume", "my:Component$blockbox:index:Volume"),
  ];
  assert.equal(new Set([urn, ...others].map((one) => identityOf(one).digest)).size, 5);
});

test("resources of one stack share its digest, whatever their type and name", () => {
  assert.equal(identityOf(urn).stack, identityOf("urn:pulumi:dev::shop::blockbox:index:Backend::pool").stack);
  assert.notEqual(identityOf(urn).stack, identityOf(urn.replace("dev", "prod")).stack);
});

test("an auto-name is the logical name and 7 hex digits; a logical name may hold colons", () => {
  assert.match(autoName(identityOf(urn)), /^data-[0-9a-f]{7}$/);
  assert.equal(identityOf(`${urn}::more`).logicalName, "data::more");
});
