import { randomUUID } from 'node:crypto';
import { sendRequest, type TestAnswer } from '@commonpurse/shared/testing';
import { day, type Member } from './household.ts';

/** What a client was told of one record. */
export interface Told {
  readonly id: string;
  readonly version: number;
  /** null: deleted. */
  readonly description: string | null;
  readonly amountMinor: number;
}
/** Everything that the clients of one member were told; they never forget. */
export interface Ledger {
  readonly member: Member;
  readonly told: Map<string, Told>;
  /** Descriptions of records whose creation nobody answered, and nobody asked for again: each is there or it is not. */
  readonly abandoned: Set<string>;
  acknowledged: number;
  /** What must never be: a broken promise, in words. */
  readonly broken: string[];
}
export const newLedger = (member: Member): Ledger => ({
  member,
  told: new Map(),
  abandoned: new Set(),
  acknowledged: 0,
  broken: [],
});

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One of several clients of a member: works on records of its own, one call after the other, and tries again until it knows. */
export function createClient(url: string, ledger: Ledger, random: () => number) {
  const { member, told } = ledger;
  const mine: string[] = [];
  let stopped = false;

  /** null: nobody can say whether it happened. */
  const call = async ({ method, path, body, headers = {} }: Call): Promise<TestAnswer | null> => {
    const { tokens } = await member.now();
    const options = { token: tokens.accessToken, headers, ...(body === undefined ? {} : { body }) };
    const answer = await within(5_000, sendRequest(url, method, path, options)).catch(() => null);
    return answer === null || answer.status >= 500 ? null : answer;
  };
  const settled = async (what: Call): Promise<TestAnswer> => {
    for (;;) {
      const answer = await call(what);
      if (answer !== null && answer.status !== 409) return answer;
      await turn();
    }
  };
  const create = async (): Promise<void> => {
    const amountMinor = 1 + Math.floor(random() * 20);
    const key = randomUUID();
    const description = `record ${key}`;
    const body = { type: 'expense', category: 'Food', amount: (amountMinor / 100).toFixed(2), currency: 'EUR', date: day, description };
    const wanted = { method: 'POST', path: '/records', body, headers: { 'idempotency-key': key } };
    const first = await call(wanted);
    if (first === null && random() < 0.5) return void ledger.abandoned.add(description);
    const answer = first === null || first.status === 409 ? await settled(wanted) : first;
    if (answer.status !== 201) return void ledger.broken.push(`POST /records answered ${answer.text}`);
    told.set(answer.body.id, { id: answer.body.id, version: 1, description, amountMinor });
    mine.push(answer.body.id);
    ledger.acknowledged += 1;
  };
  const change = async (one: Told): Promise<void> => {
    const remove = random() < 0.25;
    const amountMinor = 1 + Math.floor(random() * 20);
    const description = `${one.description!.split(' v')[0]} v${one.version + 1}`;
    const wanted: Told = remove
      ? { ...one, version: one.version + 1, description: null }
      : { id: one.id, version: one.version + 1, description, amountMinor };
    const body = { description, amount: (amountMinor / 100).toFixed(2) };
    const headers = { 'if-match': `"${one.version}"` };
    const path = `/records/${one.id}`;
    const answer = await call(remove ? { method: 'DELETE', path, headers } : { method: 'PATCH', path, headers, body });
    if (answer === null) return settle(one, wanted);
    if (answer.status !== (remove ? 204 : 200)) return void ledger.broken.push(`${path} at ${one.version} answered ${answer.text}`);
    told.set(one.id, wanted);
    ledger.acknowledged += 1;
  };
  /** Nobody answered: looks until it knows which of the two it is. A write that is still on its way is decided by doing it again. */
  const settle = async (before: Told, wanted: Told): Promise<void> => {
    const path = `/records/${before.id}`;
    const headers = { 'if-match': `"${before.version}"` };
    const body = { description: wanted.description, amount: (wanted.amountMinor / 100).toFixed(2) };
    const remove = wanted.description === null;
    const answer = await settled(remove ? { method: 'DELETE', path, headers } : { method: 'PATCH', path, headers, body });
    const happened = answer.status === (remove ? 204 : 200) || answer.status === (remove ? 404 : 412);
    if (!happened) return void ledger.broken.push(`${path} at ${before.version}, asked again, answered ${answer.text}`);
    told.set(before.id, wanted);
    ledger.acknowledged += 1;
  };
  const checkRevoked = async (): Promise<void> => {
    const answer = await within(5_000, sendRequest(url, 'GET', '/records?limit=1', { token: member.revoked })).catch(() => null);
    if (answer !== null && answer.status < 300) ledger.broken.push('a revoked session was let in');
  };
  const step = async (): Promise<void> => {
    const living = mine.map((id) => told.get(id)!).filter(({ description }) => description !== null);
    const one = living[Math.floor(random() * living.length)];
    if (random() < 0.1) await checkRevoked();
    await (one === undefined || random() < 0.5 ? create() : change(one));
  };
  const run = async (): Promise<void> => {
    while (!stopped) await step();
  };
  return { running: run(), stop: (): void => void (stopped = true) };
}
export type Client = ReturnType<typeof createClient>;

const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 50));

async function within<T>(ms: number, act: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([act, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
