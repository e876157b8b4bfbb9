import assert from "node:assert/strict";
import test from "node:test";
import { portalOf, requireChap, requireTarget } from "../../provider/host/iscsi/target.js";

const good = { portal: "192.0.2.1:3260", iqn: "iqn.2010-10.org.openstack:volume-1", lun: 0 };

test("a target is taken as the service says it", () => {
  assert.deepEqual(requireTarget(good), good);
  const other = { portal: "[2001:db8::1]:3260", iqn: "iqn.2003-01.org.linux-iscsi.host.x8664:sn.abc", lun: 16_383 };
  assert.deepEqual(requireTarget(other), other);
});

const bad: [what: string, given: Record<string, unknown>][] = [
  ["no portal", { portal: undefined }],
  ["a portal without a port", { portal: "192.0.2.1" }],
  ["an option for a portal", { portal: "-x:3260" }],
  ["a name for a portal", { portal: "storage:3260" }],
  ["a port beyond all", { portal: "192.0.2.1:65536" }],
  ["a way out of the records' folder", { iqn: "iqn.2010-10.org.openstack:../../x" }],
  ["a name with a blank", { iqn: "iqn.2010-10.org.openstack:a b" }],
  ["a name with a line's end", { iqn: "iqn.2010-10.org.openstack:a\n" }],
  ["an option for a name", { iqn: "--op" }],
  ["no name", { iqn: undefined }],
  ["a LUN as text", { lun: "0" }],
  ["a LUN below none", { lun: -1 }],
  ["part of a LUN", { lun: 0.5 }],
];

for (const [what, given] of bad) {
  test(`refused before it comes near a command: ${what}`, () => {
    assert.throws(() => requireTarget({ ...good, ...given }), { code: "SERVICE_UNFIT" });
  });
}

test("a CHAP secret is one line, is asked for or not, and is not shown when it is refused", () => {
  assert.deepEqual(requireChap("CHAP", "u", "p"), { username: "u", password: "p" });
  assert.equal(requireChap(undefined, undefined, undefined), undefined);
  for (const secret of ["s3cret\nnode.startup = automatic", "", undefined]) {
    assert.throws(
      () => requireChap("CHAP", "u", secret),
      (error: Error) => !error.message.includes("s3cret") && error.message.includes("CHAP secret"),
    );
  }
  assert.throws(() => requireChap("SRP", "u", "p"), { code: "SERVICE_UNFIT" });
});

test("an IPv6 address is the same in every spelling", () => {
  assert.deepEqual(portalOf("[2001:DB8:0:0::1]:3260"), portalOf("[2001:db8::1]:3260"));
  assert.equal(portalOf("[192.0.2.1]:3260"), undefined);
});
