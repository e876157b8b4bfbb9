import { BlockboxError, type ErrorCode } from "../../../errors.js";

export interface CinderFailure {
  readonly code: ErrorCode;
  /** e.g. `DELETE /volumes/…`. */
  readonly request: string;
  /** The address that the request's path stands behind. */
  readonly at: string;
  /** The service's or the system's own words alone. */
  readonly detail: string;
  /** What to do. */
  readonly advice?: string | undefined;
  readonly status?: number | undefined;
  readonly fault?: string | undefined;
  readonly requestId?: string | undefined;
  readonly mayHaveHappened: boolean;
  readonly isLate?: boolean | undefined;
}

/** A request to Cinder, or to Keystone for its sake, that failed. */
export class CinderError extends BlockboxError {
  /** Of the reply, if there was one. */
  readonly status: number | undefined;
  /** Cinder's name of what is wrong: itemNotFound, badRequest, overLimit, …; only from JSON in Cinder's form. */
  readonly fault: string | undefined;
  /** The service's own words alone. */
  readonly detail: string;
  readonly requestId: string | undefined;
  /** The message without what to do. */
  readonly said: string;
  readonly advice: string | undefined;
  /**
   * Whether a request that changes something may have been carried out although it failed: its reply was lost, cut or
   * late, or came from a failing server or proxy. Never repeated blindly: look for what it made.
   */
  readonly mayHaveHappened: boolean;
  /** Whether no answer came in time: the service may still be at it. */
  readonly isLate: boolean;

  constructor(failure: CinderFailure) {
    const said = wordsOf(failure);
    super(failure.code, failure.advice === undefined ? said : `${said} ${failure.advice}`);
    this.said = said;
    this.advice = failure.advice;
    this.status = failure.status;
    this.fault = failure.fault;
    this.detail = failure.detail;
    this.requestId = failure.requestId;
    this.mayHaveHappened = failure.mayHaveHappened;
    this.isLate = failure.isLate ?? false;
  }
}

/** Cinder itself says that there is no such thing (rule 9: a page, or another service's 404, does not). */
export function isNotFound(error: unknown): boolean {
  return error instanceof CinderError && error.status === 404 && error.fault === "itemNotFound";
}

function wordsOf({ request, at, detail, status, fault, requestId }: CinderFailure): string {
  const facts = [
    ...(status === undefined ? [] : [`HTTP ${status}${fault === undefined ? "" : ` ${fault}`}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  const words = detail.replace(/[\s.]+$/, "");
  const tail = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  return `${request} at ${at} failed: ${words}${tail}.`;
}
