import type { NoReply, Reply } from "./transport.js";

export interface Attempt {
  readonly outcome: Reply | NoReply;
  /** Whether sending it twice does no harm: it changes nothing. */
  readonly repeatable: boolean;
  /** How often it was sent. */
  readonly count: number;
  /** Since it was first sent, in ms. */
  readonly elapsedMs: number;
  /** How long all attempts together may take, in ms. */
  readonly limitMs: number;
  readonly nowMs: number;
}

const pausesMs = [250, 800, 2_000];
/** A service that says "later" is asked more often than one that fails. */
const maxDeferrals = 8;
const failing = [500, 502, 503, 504];

/**
 * How long to wait before a request is sent once more, in ms; undefined: it is not. What changes something is repeated
 * only where it is certain that nothing was done: no connection, or a 429.
 */
export function pauseBefore(attempt: Attempt): number | undefined {
  const { outcome, repeatable, count, elapsedMs, limitMs, nowMs } = attempt;
  const deferred = outcome.kind === "reply" && outcome.status === 429;
  if (!deferred && !(repeatable ? isPassing(outcome) : neverSent(outcome))) return undefined;
  if (count > (deferred ? maxDeferrals : pausesMs.length)) return undefined;
  const asked = outcome.kind === "reply" ? retryAfterMs(outcome.headers["retry-after"], nowMs) : undefined;
  const own = (pausesMs[count - 1] ?? 2_000) * (0.75 + Math.random() / 2);
  // A service that says "0" is still not asked without a pause.
  const pause = Math.max(asked ?? 0, own);
  return elapsedMs + pause < limitMs ? pause : undefined;
}

function isPassing(outcome: Reply | NoReply): boolean {
  if (outcome.kind === "none") return !isPermanent(outcome.code);
  return outcome.cut !== undefined || failing.includes(outcome.status);
}

function neverSent(outcome: Reply | NoReply): boolean {
  return outcome.kind === "none" && !outcome.sent && !isPermanent(outcome.code);
}

/** A name that does not exist and a certificate that is not trusted stay so. EAI_AGAIN is a name server that is busy. */
function isPermanent(code: string): boolean {
  return code === "ENOTFOUND" || isTlsCode(code);
}

/** Node's codes for a certificate or handshake that fails. */
export function isTlsCode(code: string): boolean {
  return /CERT|^ERR_(TLS|SSL)|^EPROTO$|^UNABLE_TO_|^HOSTNAME_MISMATCH$/.test(code);
}

/** Seconds, or a date. */
function retryAfterMs(value: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof value !== "string") return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
