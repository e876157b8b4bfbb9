#!/usr/bin/env node
import { faultOfNode } from "../faultOfNode.js";

const fault = faultOfNode();
if (fault === undefined) await (await import("./server.js")).serve(process.argv[2]);
else {
  process.stderr.write(fault);
  process.exitCode = 1;
}
