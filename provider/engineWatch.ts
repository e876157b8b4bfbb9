import { connect } from "node:net";
import { isBusy, settle } from "./services/quiet.js";

const retryMs = 500;

/**
 * Ends this process when its engine is gone: killed, it cannot tell anyone, and what we would still do nobody would
 * record. Children that hold a lock end by themselves. At an orderly exit the engine sends SIGINT first.
 * @param text the engine's address, `host:port`
 */
export function watchEngine(text: string): void {
  const address = parsed(text);
  if (address === undefined) return;
  hold(address);
  process.once("SIGINT", exitInOrder);
  process.once("SIGTERM", exitInOrder);
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function parsed(text: string): Address | undefined {
  const [, host, port] = /^([\w.[\]:-]+):(\d{1,5})$/.exec(text) ?? [];
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}

/** Holds a connection open: the kernel closes it with the engine's process. The engine closes it too, now and then. */
function hold(address: Address): void {
  const socket = connect({ ...address, noDelay: true });
  let connected = false;
  socket.once("connect", () => {
    connected = true;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") process.exit(1);
  });
  socket.once("close", () => setTimeout(() => hold(address), connected ? 0 : retryMs));
  // Only reading finds out that the other side has closed.
  socket.resume();
}

/**
 * What is under way goes on to its end; the engine bounds how long it waits for us. It takes no more replies by then: of
 * an update that was cut short nobody can tell what the state knows, so that all marks stay for the next run to judge.
 */
async function exitInOrder(): Promise<void> {
  const isCutShort = isBusy();
  while (isBusy()) await new Promise((resolve) => setTimeout(resolve, 100));
  if (!isCutShort) await settle();
  process.exit(0);
}
