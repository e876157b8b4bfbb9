import { createServer } from "node:net";
import { random } from "../random.js";

/** Below what the kernel gives to outgoing connections: nothing else takes such a port between our look and its use. */
const [lowest, count] = [20_000, 12_000];

const numbers = random(process.pid ^ Date.now());
const given = new Set<number>();

/** A port of 127.0.0.1 that nothing listens on, and that this process is not told of again. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = lowest + numbers.below(count);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`100 ports between ${lowest} and ${lowest + count} are all in use`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
