/** How long no request may have come or be under way before what waits for a quiet moment is done, in ms. */
const quietMs = 2_000;

let underWay = 0;
let timer: NodeJS.Timeout | undefined;
const waiting = new Map<string, () => Promise<void>>();

/** Runs a request of the engine. While one is under way, no moment is quiet. */
export async function duringRequest<T>(body: () => Promise<T>): Promise<T> {
  underWay += 1;
  clearTimeout(timer);
  try {
    return await body();
  } finally {
    underWay -= 1;
    if (underWay === 0 && waiting.size > 0) watchForQuiet();
  }
}

/**
 * Has `task` done in a quiet moment, once the engine has had time to store the replies that it got, or at orderly exit.
 * A later task of the same key replaces an earlier one. It may fail silently: what it does is tidying, done again later.
 */
export function whenQuiet(key: string, task: () => Promise<void>): void {
  waiting.set(key, task);
}

/** What waits for a quiet moment is not to be done any more. */
export function forgetQuiet(key: string): void {
  waiting.delete(key);
}

let settling: Promise<unknown> = Promise.resolve();

/** Does now what waits for a quiet moment: at orderly exit, when the engine has stored all that it will. */
export async function settle(): Promise<void> {
  const tasks = [...waiting.values()];
  waiting.clear();
  // An earlier quiet moment's may not have ended yet.
  settling = Promise.all([settling, Promise.allSettled(tasks.map((task) => task()))]);
  await settling;
}

/** Whether a request is under way. */
export function isBusy(): boolean {
  return underWay > 0;
}

function watchForQuiet(): void {
  timer = setTimeout(settle, quietMs);
  timer.unref();
}
