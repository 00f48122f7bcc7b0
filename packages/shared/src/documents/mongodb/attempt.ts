import { codeOf, failureOf, kindOf } from './failure.ts';

/** A deadlock ends with one of those in it going on, so that few tries are enough. */
const triesMax = 20;

/** Runs an operation of the driver: again after a deadlock, which has left nothing behind; every other failure becomes the contract's.
 *  A write whose answer was lost is not tried again: its second try would meet the first one's document and take it for another's. */
export async function attempt<R>(collection: string, operation: () => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries++) {
    try {
      return await operation();
    } catch (error) {
      if (kindOf(codeOf(error)) !== 'deadlock' || tries === triesMax) throw failureOf(error, collection);
    }
  }
}
