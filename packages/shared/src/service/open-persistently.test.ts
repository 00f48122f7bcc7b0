import { describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '../documents/documents.ts';
import { fakeClock } from '../testing/index.ts';
import { createLogger } from './create-logger.ts';
import { openPersistently } from './open-persistently.ts';
import type { Program } from './run-program.ts';

const away = new StoreUnavailable('users: write ECONNRESET');
const wrong = new Error('the port is taken');
/** What opening one program, and starting it, comes to. */
interface Attempt {
  readonly open?: Error;
  readonly start?: Error | Promise<void>;
}

/** Opens as planned, one attempt after the other, and notes what is done. */
async function openAs(attempts: readonly Attempt[]) {
  const done: string[] = [];
  let opened = 0;
  const failures: ((error: Error) => void)[] = [];
  const open = async (): Promise<Program> => {
    const number = (opened += 1);
    const { open: refused, start: broken } = attempts[number - 1]!;
    done.push(`open ${number}`);
    if (refused) throw refused;
    const { promise, resolve } = Promise.withResolvers<Error>();
    failures.push(resolve);
    return {
      failed: promise,
      start: async () => {
        done.push(`start ${number}`);
        if (broken instanceof Error) throw broken;
        await broken;
      },
      stop: async () => void done.push(`stop ${number}`),
    };
  };
  const clock = { ...fakeClock(), delay: async () => {} };
  const log = await createLogger({ level: 'silent', name: 'test' });
  return { done, failures, program: openPersistently(open, { clock, log }) };
}

describe('a program whose store comes and goes', () => {
  test('is opened until it opens and starts, and what did not start is closed', async () => {
    const { done, program } = await openAs([{ open: away }, { start: away }, { open: away }, {}]);
    const opened = await program;
    await opened.start();
    await opened.stop();
    expect(done).toEqual(['open 1', 'open 2', 'start 2', 'stop 2', 'open 3', 'open 4', 'start 4', 'stop 4']);
  });

  test('ends with any other trouble', async () => {
    await expect((await openAs([{ open: wrong }])).program).rejects.toBe(wrong);
    const { done, program } = await openAs([{ start: wrong }]);
    await expect((await program).start()).rejects.toBe(wrong);
    expect(done).toEqual(['open 1', 'start 1', 'stop 1']);
  });

  test('tells of what can not go on, of whichever is open', async () => {
    const { failures, program } = await openAs([{ start: away }, {}]);
    const opened = await program;
    await opened.start();
    failures[1]!(wrong);
    expect(await opened.failed).toBe(wrong);
  });

  test('that is told to stop while it starts is not opened again', async () => {
    const starting = Promise.withResolvers<void>();
    const { done, program } = await openAs([{ start: starting.promise }]);
    const opened = await program;
    const started = opened.start();
    const stopped = opened.stop();
    starting.reject(away);
    await Promise.all([started, stopped]);
    expect(done).toEqual(['open 1', 'start 1', 'stop 1']);
  });

  test('that is told to stop between two tries is closed for good', async () => {
    const { done, program } = await openAs([{ start: away }, {}]);
    const opened = await program;
    const started = opened.start();
    while (!done.includes('open 2')) await Promise.resolve();
    await opened.stop();
    await started;
    expect(done.filter((step) => step === 'open 2').length).toBe(1);
    expect(done.filter((step) => step === 'stop 2').length).toBe(1);
  });
});
