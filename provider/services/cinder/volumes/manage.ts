import { BlockboxError } from "../../../errors.js";
import type { HandedOver } from "../../service.js";
import type { Cinder } from "../cinder.js";
import { CinderError } from "../client/error.js";
import { NothingLeftError } from "../unfinished.js";
import { adoptProblems } from "./adoptProblems.js";
import type { VolumeWish } from "./wish.js";

/** Has whoever owns what is to be taken over let go of it; nothing where nobody known does. */
export type LetGo = (sourceName: string) => Promise<HandedOver | undefined>;

/**
 * Has Cinder take over what exists on a backend, once that is safe and its owner has let go of it; who takes it back
 * where that fails and Cinder is sure not to have it. Else it is Cinder's, or on its way there, and a re-run finds it.
 */
export async function onceLetGo<T>(
  cinder: Cinder,
  { adopt, size }: { readonly adopt: NonNullable<VolumeWish["adopt"]>; readonly size: number | undefined },
  letGo: LetGo,
  manage: () => Promise<T>,
): Promise<T> {
  const [problem] = await adoptProblems(cinder, adopt, size);
  if (problem) throw new BlockboxError("IN_USE", `property ${problem.property} has a problem: ${problem.reason}`);
  const handedOver = await letGo(adopt.sourceName);
  cinder.manageable(adopt.serviceHost).forget();
  try {
    return await manage();
  } catch (error) {
    if (handedOver && isSurelyWithout(error)) await takeBack(handedOver, error);
    throw error;
  }
}

function isSurelyWithout(error: unknown): error is BlockboxError {
  return error instanceof NothingLeftError || (error instanceof CinderError && !error.mayHaveHappened);
}

async function takeBack(handedOver: HandedOver, cause: BlockboxError): Promise<void> {
  try {
    await handedOver.takeBack();
  } catch (error) {
    if (!BlockboxError.is(error)) throw error;
    throw new BlockboxError(cause.code, `${cause.message} It could not be taken back: ${error.message}`, { cause });
  }
}
