import { parseArgs } from "node:util";
import { makeIscsiBed } from "../../support/cinder/iscsiBed.js";
import { startCinder } from "../../support/cinder/rig.js";
import { checkedInputs } from "../../support/creating.js";
import { Deployment, uniqueName } from "../../support/deployment.js";
import { conclude, type Figure, figureTable, median, timed } from "../figures.js";
import { Bare } from "./bare.js";

// npm run bench iscsi; for development, in the guest: node --import tsx test/bench/iscsi/main.ts --rounds 3
const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const rounds = Number(values.rounds);
const say = (text: string) => process.stdout.write(`${text}\n`);

const rig = await startCinder({ backends: ["tgt"], quotas: { volumes: -1, snapshots: -1, gigabytes: -1 } });
try {
  const config = { "blockbox:endpoint": rig.endpoint, "blockbox:project": rig.project };
  const bed = makeIscsiBed({ deployment: () => new Deployment({ stack: uniqueName("bench"), config }) });
  const { deployment } = bed;
  await deployment.keep();
  const base = [bed.pool("tgt"), bed.volume("data", "tgt")];
  // Both find a file system: what mkfs takes is nobody's merit.
  await deployment.up([...base, bed.attachment("disk", "data")]);
  await deployment.up(base);
  const volume = deployment.get("data").id;
  const bare = new Bare(rig, bed.path("bare"));
  const took = {
    attach: [] as number[],
    detach: [] as number[],
    bareAttach: [] as number[],
    bareDetach: [] as number[],
  };
  await deployment.withProvider(async (provider) => {
    const inputs = { volume, mount: { path: bed.path("disk") } };
    for (let round = 0; round < rounds; round += 1) {
      took.bareAttach.push(await timed(() => bare.attach(volume)));
      took.bareDetach.push(await timed(() => bare.detach()));
      const checked = await checkedInputs(provider, deployment, { kind: "Attachment", name: "disk", inputs });
      const made = await measured(() => provider.create(checked));
      took.attach.push(made.seconds);
      took.detach.push((await measured(() => provider.delete(made.of.id, made.of.outputs))).seconds);
    }
  });
  await deployment.destroy();
  await deployment.release();
  const limit = { ratio: 1.3 };
  const figures: Figure[] = [
    {
      name: "attach, to a mounted file system",
      value: median(took.attach),
      floor: median(took.bareAttach),
      unit: "s",
      limit,
    },
    { name: "detach", value: median(took.detach), floor: median(took.bareDetach), unit: "s", limit },
  ];
  say(`A Cinder with tgt, in user-mode Linux, ${rounds} rounds: seconds are this guest's, ratios are what counts.\n`);
  say(figureTable(figures));
  conclude(figures);
} finally {
  await rig.stop();
}

async function measured<T>(body: () => Promise<T>): Promise<{ of: T; seconds: number }> {
  const begin = performance.now();
  const of = await body();
  return { of, seconds: (performance.now() - begin) / 1_000 };
}
