import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** What the provider sees of an engine that does nothing: an address that accepts connections until it dies. */
export interface EngineAddress {
  readonly address: string;
  /** Refuses every connection from now on, as the address of a dead engine does. */
  die(): Promise<void>;
  isAlive(): boolean;
}

export async function listenAsEngine(): Promise<EngineAddress> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.resume();
    socket.unref();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // it lives for the provider's sake: what a test waits for keeps this process going
  server.unref();
  const { port } = server.address() as AddressInfo;
  let dead = false;
  return {
    address: `127.0.0.1:${port}`,
    isAlive: () => !dead,
    async die() {
      if (dead) return;
      dead = true;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
