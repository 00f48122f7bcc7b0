import { Refusal } from '@commonpurse/shared/http';
import type { Clock } from '@commonpurse/shared/service';
import { fitsBcrypt } from './password.ts';

/** Hashes and compares passwords (normalised ones) by bcrypt, a few at a time; the others wait in line, and past the line's end the
 *  caller is told to come back (429). Some 200 ms of a core each: unbounded, they would starve everything else. */
export interface PasswordHashes {
  hash(password: string): Promise<string>;
  /** `hash` null: nobody's; takes the time of a comparison all the same and answers false. */
  matches(password: string, hash: string | null): Promise<boolean>;
  /** Those at work and in line. */
  readonly pending: number;
}
/** What makes and compares them; of the package of that name. */
export interface Bcrypt {
  hash(password: string, cost: number): Promise<string>;
  compare(password: string, hash: string): Promise<boolean>;
}
interface PasswordHashesOptions {
  readonly bcrypt: Bcrypt;
  /** log2 of the rounds: 12 in service, 4 (the least) in tests. */
  readonly cost: number;
  /** At work at once; the rest of the cores stay with everything else. */
  readonly concurrency: number;
  /** How many may wait, and how long: on a machine that is slow or busy the line is shorter. */
  readonly waitingMax: number;
  readonly waitMsMax: number;
  readonly clock: Clock;
}

/** What one takes at cost 12, until some have shown what it takes here and now. */
const firstEstimateMs = 250;
/** How much of the estimate the newest one makes. */
const newestPart = 1 / 4;

export function createPasswordHashes({ bcrypt, cost, clock, ...line }: PasswordHashesOptions): PasswordHashes {
  const waiting: (() => void)[] = [];
  let running = 0;
  let estimateMs = firstEstimateMs;
  const decoy = decoyHash(cost);
  const turn = async (): Promise<void> => {
    if (running < line.concurrency) return void running++;
    const waitMs = (waiting.length * estimateMs) / line.concurrency;
    if (waiting.length >= line.waitingMax || waitMs > line.waitMsMax) throw busy(waitMs);
    // The place is handed over as it is: whoever finishes does not count itself out.
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    await turn();
    const startedAt = clock.now();
    try {
      return await work();
    } finally {
      estimateMs += (clock.now() - startedAt - estimateMs) * newestPart;
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
  return {
    hash: (password) => {
      if (!fitsBcrypt(password)) throw new RangeError('bcrypt would cut this password');
      return inTurn(() => bcrypt.hash(password, cost));
    },
    matches: async (password, hash) => {
      const comparable = hash !== null && fitsBcrypt(password);
      const same = await inTurn(() => bcrypt.compare(password, comparable ? hash : decoy));
      return comparable && same;
    },
    get pending() {
      return running + waiting.length;
    },
  };
}

/** A well-formed hash of the same cost that no password is known for; making a real one would cost the start 200 ms. */
const decoyHash = (cost: number): string => `$2b$${String(cost).padStart(2, '0')}$${'C'.repeat(21)}${'u'.repeat(1 + 31)}`;

const busy = (waitMs: number): Refusal =>
  new Refusal('rate-limited', 'Too many people are signing in at this moment; try again', {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
