import type { Documents } from '../documents/documents.ts';
import { unavailable } from '../http/problem.ts';
import { isUnderWay, type Rebuild } from '../messaging/rebuild.ts';

const retryAfterSeconds = 5;

/** Reads what is derived; 503 while that is made anew, also when it began, went on or ended during the reading. */
export async function refuseWhileRebuilding<T>(rebuilds: Documents<Rebuild>, producer: string, read: () => Promise<T>): Promise<T> {
  const before = await standing(rebuilds, producer);
  const found = await read();
  if ((await standing(rebuilds, producer)) !== before) throw beingMade();
  return found;
}

async function standing(rebuilds: Documents<Rebuild>, producer: string): Promise<number> {
  const rebuild = await rebuilds.get(producer);
  if (isUnderWay(rebuild)) throw beingMade();
  return rebuild?.version ?? 0;
}

const beingMade = () => unavailable('The figures are being made anew; try again in a little while', retryAfterSeconds);
