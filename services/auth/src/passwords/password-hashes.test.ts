import { describe, expect, jest, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import type { Refusal } from '@commonpurse/shared/http';
import { fakeClock } from '@commonpurse/shared/testing';
import { createPasswordHashes } from './password-hashes.ts';

const cheap = { bcrypt, cost: 4, concurrency: 1, waitingMax: 100, waitMsMax: 60_000, clock: fakeClock() };

describe('password hashes', () => {
  test('match the password they were made of, and no other', async () => {
    const hashes = createPasswordHashes(cheap);
    const hash = await hashes.hash('a purse full of 7 coins');
    expect(hash).toMatch(/^\$2b\$04\$/);
    expect(await hashes.matches('a purse full of 7 coins', hash)).toBe(true);
    expect(await hashes.matches('a purse full of 8 coins', hash)).toBe(false);
  });

  test('never compare what bcrypt would cut', async () => {
    const hashes = createPasswordHashes(cheap);
    const hash = await hashes.hash('a'.repeat(72));
    expect(await hashes.matches('a'.repeat(73), hash)).toBe(false);
    await expect(async () => hashes.hash('a'.repeat(73))).rejects.toThrow(RangeError);
  });

  test('nobody has no password, however long the comparison takes', async () => {
    expect(await createPasswordHashes(cheap).matches('a purse full of 7 coins', null)).toBe(false);
  });

  test('take as many rounds for nobody as for somebody', async () => {
    const compare = jest.spyOn(bcrypt, 'compare');
    const hashes = createPasswordHashes({ ...cheap, cost: 5 });
    const somebody = await hashes.hash('a purse full of 7 coins');
    await hashes.matches('something else', somebody);
    await hashes.matches('something else', null);
    const [, decoy] = compare.mock.calls.map(([, hash]) => hash);
    expect([decoy?.length, bcrypt.getRounds(decoy ?? '')]).toEqual([somebody.length, bcrypt.getRounds(somebody)]);
    // What bcrypt can't read is refused at once instead of compared; from what it can read, it hashes anew.
    expect((await bcrypt.hash('something else', decoy ?? '')).slice(0, 28)).toBe(decoy?.slice(0, 28));
    compare.mockRestore();
  });

  test('are made one after the other where no more are to be made at once, in the order of asking', async () => {
    const hashes = createPasswordHashes(cheap);
    const done: number[] = [];
    const all = Array.from({ length: 8 }, async (_, n) => {
      await hashes.hash('a purse full of 7 coins');
      done.push(n);
    });
    expect(hashes.pending).toBe(8);
    await Promise.all(all);
    expect(hashes.pending).toBe(0);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('past the end of the line the caller is told when to come back', async () => {
    const hashes = createPasswordHashes({ ...cheap, waitingMax: 8 });
    const asked = await Promise.allSettled(Array.from({ length: 12 }, () => hashes.hash('a purse full of 7 coins')));
    expect(asked.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(9);
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as Refusal] : []));
    expect(refused.map(({ code, status, headers }) => [code, status, headers['Retry-After']])).toEqual(
      [0, 1, 2].map(() => ['rate-limited', 429, '2']),
    );
    // Whoever was refused holds no place.
    expect(hashes.pending).toBe(0);
    await hashes.hash('a purse full of 7 coins');
  });

  test('nobody is put in a line that has become too slow', async () => {
    const clock = fakeClock();
    let takesMs = 1_000;
    const slow = { hash: async () => (clock.advance(takesMs), 'hashed'), compare: async () => false };
    const hashes = createPasswordHashes({ ...cheap, bcrypt: slow, clock, waitMsMax: 2_000 });
    const refusedOf = async (count: number): Promise<(string | undefined)[]> => {
      const asked = await Promise.allSettled(Array.from({ length: count }, () => hashes.hash('a purse full of 7 coins')));
      return asked.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Refusal).headers['Retry-After']] : []));
    };
    // the first guess is 250 ms: one at work and nine in line are within the two seconds
    expect(await refusedOf(11)).toEqual(['3']);
    // after ten of a second each: one at work and three in line
    expect(await refusedOf(11)).toEqual(Array.from({ length: 7 }, () => '3'));
    takesMs = 100;
    for (let n = 0; n < 20; n += 1) await hashes.hash('a purse full of 7 coins');
    expect(await refusedOf(11)).toEqual([]);
  });
});
