import { describe, expect, test } from '@jest/globals';
import { createInsertLine } from './insert-line.ts';

const landed = { status: 'fulfilled', value: null } as const;
const refused = (reason: string) => ({ status: 'rejected', reason }) as const;

/** A line whose commands end when they are told to. */
function playedLine() {
  const commands: { docs: readonly string[]; end(outcomes: readonly PromiseSettledResult<unknown>[]): void; fail(reason: string): void }[] =
    [];
  const insert = createInsertLine((docs: readonly string[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly PromiseSettledResult<unknown>[]>();
    commands.push({ docs, end: resolve, fail: reject });
    return promise;
  });
  return { commands, insert };
}

describe('inserts that come at once', () => {
  test('go alone as long as few are under way, then together, each with an outcome of its own', async () => {
    const { commands, insert } = playedLine();
    const outcomes = Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(insert));
    expect(commands.map(({ docs }) => docs)).toEqual([['a'], ['b']]);
    commands[1]!.end([landed]);
    while (commands.length < 3) await Promise.resolve();
    expect(commands[2]!.docs).toEqual(['c', 'd', 'e']);
    commands[0]!.end([refused('taken')]);
    commands[2]!.end([landed, refused('taken too'), landed]);
    expect((await outcomes).map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as string) : 'landed'))).toEqual([
      'taken',
      'landed',
      'landed',
      'taken too',
      'landed',
    ]);
  });

  test('that nothing can be said of all hear so, and those behind them go on', async () => {
    const { commands, insert } = playedLine();
    const first = [insert('a'), insert('b')];
    const behind = Promise.allSettled(['c', 'd'].map(insert));
    commands[0]!.end([landed]);
    while (commands.length < 3) await Promise.resolve();
    const later = insert('e');
    commands[2]!.fail('cut');
    expect(await behind).toEqual([refused('cut'), refused('cut')]);
    while (commands.length < 4) await Promise.resolve();
    commands[3]!.end([landed]);
    commands[1]!.end([landed]);
    await Promise.all([...first, later]);
  });

  test('are no more than 64 together', () => {
    const { commands, insert } = playedLine();
    for (let at = 0; at < 100; at += 1) void insert(`${at}`);
    commands[0]!.end([landed]);
    commands[1]!.end([landed]);
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        expect(commands.map(({ docs }) => docs.length)).toEqual([1, 1, 64, 34]);
        resolve();
      });
    });
  });
});
