import assert from "node:assert/strict";
import test from "node:test";
import {
  attachmentMarkTag,
  clearTag,
  deletingTag,
  descriptiveFamilies,
  formattingTag,
  markTag,
  parseTags,
  tagChanges,
  volumeTags,
} from "../../provider/services/lvm/tags.js";
import { decodeText, encodeText, joinTags, splitTags } from "../../provider/services/lvm/tagText.js";
import type { Mark } from "../../provider/services/mark.js";

const allowed = /^[A-Za-z0-9_+.\-/=!:&#]{1,250}$/;

const texts = [
  "data",
  "",
  " a b ",
  "ä→😀",
  "a=b&c,d+e%f",
  "x".repeat(5000),
  "😀".repeat(255),
  '"\\\n\t\0',
  "__proto__",
  "[a]",
];

const mark: Mark = {
  identity: "0123456789abcdef".repeat(4),
  stack: "fedcba9876543210".repeat(4),
  token: "00".repeat(16),
  creator: { machine: "0035969ec53f", pid: 4194304, start: 999_999_999_999_999 },
  createdAt: 1_795_000_000,
};

test("any text comes back from its tags, whatever their order, and lvm allows them", () => {
  for (const text of texts) {
    const tags = splitTags("blockbox.description", encodeText(text));
    for (const tag of tags) assert.match(tag, allowed);
    assert.equal(decodeText(joinTags("blockbox.description", tags.toReversed()) ?? "+"), text);
  }
});

test("a volume's description comes back from its tags", () => {
  const metadata = Object.fromEntries(texts.map((text) => [text, text]));
  for (const description of texts) {
    const tags = volumeTags({ name: description, description, metadata });
    for (const tag of tags) assert.match(tag, allowed);
    const facts = parseTags(tags.toSorted());
    assert.deepEqual({ ...facts.metadata }, { ...metadata });
    assert.deepEqual([facts.ours, facts.name, facts.description], [true, description, description]);
  }
  assert.ok(Object.hasOwn(parseTags(volumeTags({ name: "a", metadata })).metadata ?? {}, "__proto__"));
});

test("what was not said is not there, and an empty description is one", () => {
  assert.deepEqual(parseTags(volumeTags({ name: "a" })), {
    ours: true,
    name: "a",
    deleting: false,
    formatting: false,
    bootable: false,
    copying: false,
  });
  assert.equal(parseTags(volumeTags({ name: "a", description: "", metadata: {} })).description, "");
  assert.deepEqual(parseTags([]), {
    ours: false,
    deleting: false,
    formatting: false,
    bootable: false,
    copying: false,
  });
});

test("marks, states and the place of clearing come back", () => {
  const tags = [
    markTag(mark),
    attachmentMarkTag({ ...mark, createdAt: 1 }),
    deletingTag,
    formattingTag,
    clearTag(3 * 2 ** 30),
  ];
  for (const tag of tags) assert.match(tag, allowed);
  assert.deepEqual(parseTags(tags), {
    ours: false,
    mark,
    attachmentMark: { ...mark, createdAt: 1 },
    deleting: true,
    formatting: true,
    bootable: false,
    copying: false,
    clearFrom: 3 * 2 ** 30,
  });
});

test("malformed and foreign tags are left out", () => {
  const malformed = [
    "blockbox.mark=zz:1",
    "blockbox.mark",
    "blockbox.attachmark=",
    "blockbox.name.0=+zz",
    "blockbox.name.x=a",
    "blockbox.description.1=second",
    "blockbox.metadata.0=a=b=c",
    "blockbox.clear=-1",
    "blockbox.deletings",
    "other",
  ];
  assert.deepEqual(parseTags(malformed), {
    ours: false,
    deleting: false,
    formatting: false,
    bootable: false,
    copying: false,
  });
  assert.equal(parseTags(["blockbox.name.0=+ff"]).name, undefined);
});

test("changes touch the named families only", () => {
  const current = [
    ...volumeTags({ name: "old", description: "d".repeat(600) }),
    "blockbox.nameless=1",
    "site",
    markTag(mark),
  ];
  const wanted = volumeTags({ name: "new", description: "d" });
  assert.deepEqual(tagChanges(current, wanted, descriptiveFamilies), {
    add: ["blockbox.name.0=new", "blockbox.description.0=d"],
    remove: ["blockbox.name.0=old", ...splitTags("blockbox.description", "d".repeat(600))],
  });
  assert.deepEqual(tagChanges(current, current, descriptiveFamilies), { add: [], remove: [] });
  assert.deepEqual(tagChanges(current, wanted, ["blockbox.mark"]), { add: [], remove: [markTag(mark)] });
});
