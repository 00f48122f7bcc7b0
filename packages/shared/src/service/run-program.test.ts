import { EventEmitter } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import { ConfigInvalid } from './load-config.ts';
import { type Program, type ProgramHost, runProgram } from './run-program.ts';

/** A process that is only played: what it was told, and how it ended. */
function playedHost() {
  const events = new EventEmitter();
  const exited = Promise.withResolvers<number>();
  const said: string[] = [];
  const sent: string[] = [];
  const host: ProgramHost = {
    on: (event, listener) => events.on(event, listener),
    exit: exited.resolve,
    send: (message) => sent.push(message),
    stderr: { write: (text) => said.push(text) },
  };
  return { host, said, sent, exited: exited.promise, send: (event: string) => events.emit(event) };
}
const never = new Promise<never>(() => {});
const playedProgram = (parts: Partial<Program> = {}): Program & { readonly done: string[] } => {
  const done: string[] = [];
  return {
    done,
    failed: never,
    start: async () => void done.push('started'),
    stop: async () => void done.push('stopped'),
    ...parts,
  };
};

describe('A program', () => {
  test('tells its supervisor when it is ready', async () => {
    const { host, sent } = playedHost();
    const starting = Promise.withResolvers<void>();
    const over = runProgram('purse', async () => playedProgram({ start: () => starting.promise }), undefined, host);
    expect(sent).toEqual([]);
    starting.resolve();
    await over;
    expect(sent).toEqual(['ready']);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'])('is stopped by %s and ends with 0', async (event) => {
    const { host, exited, send } = playedHost();
    const program = playedProgram();
    await runProgram(
      'purse',
      async () => program,
      () => program.done.push('greeted'),
      host,
    );
    send(event);
    send(event);
    expect(await exited).toBe(0);
    expect(program.done).toEqual(['started', 'greeted', 'stopped']);
  });

  test('that can not be opened ends with 1 and one line', async () => {
    const { host, exited, said } = playedHost();
    await runProgram('purse', () => Promise.reject(new Error('no room\nat all')), undefined, host);
    expect([await exited, said]).toEqual([1, ['purse: no room\n']]);
  });

  test('whose environment is wrong ends with a line for each problem', async () => {
    const { host, exited, said } = playedHost();
    await runProgram('purse', () => Promise.reject(new ConfigInvalid(['A: is required', 'B: is a number'])), undefined, host);
    expect([await exited, said.join('')]).toEqual([1, 'purse: A: is required\npurse: B: is a number\n']);
  });

  test('that can not be started ends with 1', async () => {
    const { host, exited } = playedHost();
    await runProgram('purse', async () => playedProgram({ start: () => Promise.reject(new Error('no')) }), undefined, host);
    expect(await exited).toBe(1);
  });

  test('that can not go on is stopped and ends with 1', async () => {
    const { host, exited, said } = playedHost();
    const program = playedProgram({ failed: Promise.resolve(new Error('the disk is gone')) });
    await runProgram('purse', async () => program, undefined, host);
    expect(await exited).toBe(1);
    expect([said, program.done.at(-1)]).toEqual([['purse: the disk is gone\n'], 'stopped']);
  });

  test('that is told to end before it is open ends with 0 at once, and is never started', async () => {
    const { host, exited, send } = playedHost();
    const opening = Promise.withResolvers<Program>();
    const program = playedProgram();
    const over = runProgram('purse', () => opening.promise, undefined, host);
    send('SIGTERM');
    expect(await exited).toBe(0);
    opening.resolve(program);
    await over;
    expect(program.done).toEqual([]);
  });

  test.each(['fails', 'succeeds'])('that is told to end while it starts is not called ready: the start %s', async (outcome) => {
    const { host, exited, send, said, sent } = playedHost();
    const starting = Promise.withResolvers<void>();
    const program = playedProgram({ start: () => starting.promise });
    const over = runProgram(
      'purse',
      async () => program,
      () => program.done.push('greeted'),
      host,
    );
    await Promise.resolve();
    send('SIGINT');
    expect(await exited).toBe(0);
    if (outcome === 'fails') starting.reject(new Error('interrupted'));
    else starting.resolve();
    await over;
    expect([program.done, said, sent]).toEqual([['stopped'], [], []]);
  });

  test('whose stop takes too long ends with 1 after less than ten seconds', async () => {
    jest.useFakeTimers();
    try {
      const { host, exited, send } = playedHost();
      await runProgram('purse', async () => playedProgram({ stop: () => never }), undefined, host);
      send('SIGTERM');
      jest.advanceTimersByTime(9_999);
      expect(await exited).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test('whose stop fails ends with 1 and says why', async () => {
    const { host, exited, send, said } = playedHost();
    await runProgram('purse', async () => playedProgram({ stop: () => Promise.reject(new Error('stuck')) }), undefined, host);
    send('SIGTERM');
    expect([await exited, said]).toEqual([1, ['purse: stuck\n']]);
  });
});
