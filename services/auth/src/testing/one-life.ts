import { type Doc, type Documents, type DocumentStore, StoreUnavailable } from '@commonpurse/shared/documents';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { startAuth, type StartAuthOptions, type TestAuth } from './start-auth.ts';

/** A life that ends before its nth write: from then on nothing this process does has any effect. */
interface Life {
  writesLeft: number;
}
const writes = ['insert', 'insertMany', 'replace', 'remove', 'pullOutbox'] as const;

function mortal(deps: ServiceDeps, life: Life): ServiceDeps {
  const wrap = <T extends Doc>(documents: Documents<T>): Documents<T> =>
    new Proxy(documents, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target) as (...given: unknown[]) => unknown;
        if (typeof method !== 'function') return method;
        return (...given: unknown[]) => {
          if (!writes.includes(name as (typeof writes)[number])) return method.apply(target, given);
          life.writesLeft -= 1;
          if (life.writesLeft < 0) return Promise.reject(new StoreUnavailable('this process is dead'));
          return method.apply(target, given);
        };
      },
    });
  const { documents } = deps;
  const store: DocumentStore = {
    failed: documents.failed,
    health: () => documents.health(),
    close: () => documents.close(),
    collection: async (declaration) => wrap(await documents.collection(declaration)),
  };
  return { ...deps, documents: store };
}

const immortal = Number.MAX_SAFE_INTEGER;

export interface Afterlife {
  readonly auth: TestAuth;
  readonly acknowledged: boolean;
  stop(): Promise<void>;
  /** Moves on until there is something, as time would. */
  inTime<T>(check: () => T | Promise<T>): Promise<T>;
}

/** Takes a step in a life of so many writes, then lets a new process begin where the dead one left off. */
export async function inOneLife(
  writesLeft: number,
  prepare: (auth: TestAuth) => Promise<void>,
  step: (auth: TestAuth) => Promise<number>,
  options: Pick<StartAuthOptions, 'peers'> = {},
): Promise<Afterlife> {
  const life: Life = { writesLeft: immortal };
  const clock = fakeClock();
  const beforeMail = async (): Promise<void> => {
    if (life.writesLeft < 0) throw new StoreUnavailable('this process is dead');
  };
  const auth = await startAuth({ ...options, clock, beforeMail, deps: (deps) => mortal(deps, life) });
  /** Waits with time going by: what rests until another try must not keep anybody. */
  const inTheEnd = async (ending: Promise<void>): Promise<void> => {
    let ended = false;
    const noted = ending.finally(() => (ended = true));
    await auth.until(async () => {
      await auth.atRest();
      if (!ended) clock.advance(1000);
      return ended;
    });
    await noted;
  };
  await prepare(auth);
  // Every write from here on is the step's.
  await auth.atRest();
  life.writesLeft = writesLeft;
  const acknowledged = (await step(auth)) < 300;
  life.writesLeft = -1;
  const diedAt = clock.now();
  await inTheEnd(auth.restart());
  // The dead was seen off at leisure; to everybody else it was a moment, in which no token got any older.
  clock.set(diedAt);
  life.writesLeft = immortal;
  const inTime: Afterlife['inTime'] = (check) =>
    auth.until(async () => {
      const found = await check();
      if (found !== undefined && found !== false) return found;
      await auth.atRest();
      clock.advance(1000);
      return undefined as typeof found;
    });
  return { auth, acknowledged, inTime, stop: () => inTheEnd(auth.stop()) };
}
export const nothing = async (): Promise<void> => undefined;
