import { Agent, request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { type Answer, CountingRule, type Fault, faultBody, madeUp, type Recorded, type Rule } from "./faults.js";
import { Journal } from "./journal.js";

export interface FaultProxy extends AsyncDisposable {
  /** As the service's endpoint, but here: ends in /v3. */
  readonly endpoint: string;
  readonly journal: Journal;
  /** Rules hold until `mend`; the first that meets a request has it. */
  break(rule: Rule): CountingRule;
  mend(): void;
  stop(): Promise<void>;
}

export type { FaultProxy as Proxy };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A proxy before a service's API: it counts, records, and does what rules say. It never answers in Cinder's place but to fail. */
export async function startProxy(endpoint: string, tls?: { cert: string; key: string }): Promise<FaultProxy> {
  const target = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const journal = new Journal();
  let rules: CountingRule[] = [];

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    try {
      const request = await record(incoming);
      journal.add(request);
      const fault = firstFault(rules, request);
      const answer = fault?.kind === "resetBefore" ? undefined : await answerTo(request, fault);
      if (answer) await give(answer, request, response, fault);
      else reset(incoming.socket);
    } catch {
      reset(incoming.socket); // as the service, or the client itself, has done
    }
  };

  const answerTo = async (request: Mutable<Recorded>, fault: Fault | undefined): Promise<Answer | undefined> => {
    const own = fault && madeUp(fault);
    if (own) return own;
    if (fault?.kind === "late") await sleep(fault.ms, undefined, { ref: false });
    const answer = await forward(request, target, agent);
    request.serviceStatus = answer.status;
    const id = answer.headers["x-openstack-request-id"];
    if (typeof id === "string") request.requestId = id;
    if (fault?.kind === "resetAfter") return undefined;
    if (fault?.kind === "answerAfter")
      return { status: fault.status, headers: { "content-type": "application/json" }, body: faultBody(fault.status) };
    if (fault?.kind === "stall") await sleep(fault.ms, undefined, { ref: false });
    if (fault?.kind === "change") fault.change(answer, request);
    return answer;
  };

  const listener = (incoming: IncomingMessage, response: ServerResponse) => void handle(incoming, response);
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    agent.destroy();
  };
  return {
    endpoint: `${tls ? "https" : "http"}://127.0.0.1:${port}${target.pathname}`,
    journal,
    break(rule) {
      const counting = new CountingRule(rule);
      rules.push(counting);
      return counting;
    },
    mend() {
      rules = [];
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function firstFault(rules: readonly CountingRule[], request: Recorded): Fault | undefined {
  // All of them count, whichever has it.
  return rules.map((rule) => rule.meets(request)).find((fault) => fault !== undefined);
}

async function record(incoming: IncomingMessage): Promise<Mutable<Recorded>> {
  const [path = "", ...query] = (incoming.url ?? "").split("?");
  const at = performance.now();
  const body = (await whole(incoming)).toString("utf8");
  return { method: incoming.method ?? "", path, query: query.join("?"), body, headers: incoming.headers, at };
}

/** The Host header goes on as it came: links in the service's answers lead back here. */
function forward(request: Recorded, target: URL, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, path, query, headers, body } = request;
    const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name));
    const length = body === "" ? {} : { "content-length": Buffer.byteLength(body) };
    const options = { host: target.hostname, port: target.port, method, agent };
    const full = {
      ...options,
      path: query === "" ? path : `${path}?${query}`,
      headers: { ...Object.fromEntries(kept), ...length },
    };
    const outgoing = ask(full, (incoming) => {
      const answered = Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name));
      const answerHeaders = Object.fromEntries(answered) as Answer["headers"];
      whole(incoming).then(
        (text) => resolve({ status: incoming.statusCode ?? 0, headers: answerHeaders, body: text }),
        reject,
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function give(answer: Answer, request: Mutable<Recorded>, response: ServerResponse, fault: Fault | undefined) {
  const length = { "content-length": String(answer.body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...(answer.status === 204 ? {} : length) });
  request.status = answer.status;
  if (fault?.kind === "cutBody") {
    await new Promise((resolve) => response.write(answer.body.subarray(0, answer.body.length >> 1), resolve));
    if (response.socket) reset(response.socket);
    return;
  }
  response.end(answer.body);
  request.answeredAt = performance.now();
}

/** A reset where TCP is below, else (TLS) an end without a goodbye. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
