import { describe, expect, test } from '@jest/globals';
import type { Refusal } from '@commonpurse/shared/http';
import { createPasswordHashes } from './password-hashes.ts';

const cheap = { cost: 4, concurrency: 1, waitingMax: 100 };

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
    const hashes = createPasswordHashes({ ...cheap, cost: 9 });
    const hash = await hashes.hash('a purse full of 7 coins');
    const spent = async (of: string | null): Promise<number> => {
      const start = process.cpuUsage();
      await hashes.matches('something else', of);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    let [somebody, nobody] = [Infinity, Infinity];
    // The least of several: whatever else this process does comes on top.
    for (let n = 0; n < 10; n++) [somebody, nobody] = [Math.min(somebody, await spent(hash)), Math.min(nobody, await spent(null))];
    // A broken decoy is refused by bcrypt at once, a hundred times faster.
    expect(nobody).toBeGreaterThan(somebody / 4);
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
    const hashes = createPasswordHashes({ cost: 4, concurrency: 1, waitingMax: 8 });
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
});
