import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from '@jest/globals';
import { askThread } from './ask-thread.ts';

interface Errands {
  /** `throw` and `exit` are done, and never answered. */
  run(what: string): Promise<string>;
}
const program = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ call, given: [what] }) => {
    if (what === 'throw') throw new Error('broken');
    if (what === 'exit') process.exit(0);
    parentPort.postMessage({ say: what });
    parentPort.postMessage({ reply: call, value: what });
  });`;
const started: Worker[] = [];
afterEach(() => Promise.all(started.splice(0).map((worker) => worker.terminate())));

function start() {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  started.push(worker);
  const said: unknown[] = [];
  const losses: string[] = [];
  const ask = askThread<Errands>(worker, {
    ended: 'the thread has ended',
    hear: (what) => said.push(what),
    broke: ({ message }) => losses.push(message),
  });
  return { ask, said, losses, ended: new Promise((resolve) => worker.once('exit', resolve)) };
}

describe('a thread', () => {
  test('answers, and is heard', async () => {
    const { ask, said, losses } = start();
    expect(await ask('run', 'here')).toBe('here');
    expect([said, losses]).toEqual([['here'], []]);
  });

  test.each([
    ['throw', 'broken'],
    ['exit', 'the thread has ended'],
  ])('that is lost (%s) ends what is asked of it, before and after, with what it broke with; that is told once', async (how, why) => {
    const { ask, losses, ended } = start();
    const waiting = expect(ask('run', how)).rejects.toThrow(why);
    await Promise.all([waiting, ended]);
    await expect(ask('run', 'anything')).rejects.toThrow(why);
    expect(losses).toEqual([expect.stringContaining(why)]);
  });

  test('is told to be lost before whoever waits for it gets to know', async () => {
    const { ask, losses } = start();
    const seen = await ask('run', 'exit').catch(() => [...losses]);
    expect(seen).toEqual(['the thread has ended']);
  });
});
