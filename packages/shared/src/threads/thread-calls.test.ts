import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answerOver, askOver, sayOver } from './thread-calls.ts';

interface Sums {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<void>;
  refuse(): Promise<void>;
  never(): Promise<void>;
}
const channels: MessageChannel[] = [];
afterEach(() => channels.splice(0).forEach(({ port1 }) => port1.close()));

function connected() {
  const channel = new MessageChannel();
  channels.push(channel);
  answerOver<Sums>(channel.port2, {
    add: async (a, b) => a + b,
    fail: async () => {
      throw Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 8080 });
    },
    refuse: () => Promise.reject('no'),
    never: () => new Promise(() => {}),
  });
  const said: unknown[] = [];
  return { ...askOver<Sums>(channel.port1, (what) => said.push(what)), said, other: channel.port2 };
}

describe('asking another thread', () => {
  test('gets each answer to whom it belongs', async () => {
    const { ask } = connected();
    expect(await Promise.all([ask('add', 1, 2), ask('add', 3, 4)])).toEqual([3, 7]);
  });

  test('fails as the other thread did, with what explains it', async () => {
    const { ask } = connected();
    await expect(ask('fail')).rejects.toMatchObject({ message: 'listen EADDRINUSE', code: 'EADDRINUSE', port: 8080 });
    await expect(ask('refuse')).rejects.toThrow('no');
  });

  test('ends for whoever waits, and whoever comes, when the other thread is lost', async () => {
    const { ask, giveUp } = connected();
    const waiting = ask('never');
    giveUp(new Error('lost'));
    await expect(waiting).rejects.toThrow('lost');
    await expect(ask('add', 1, 2)).rejects.toThrow('lost');
  });

  test('hears what is said unasked, in its order', async () => {
    const { ask, said, other } = connected();
    sayOver(other, 'one');
    sayOver(other, 'two');
    await ask('add', 1, 1);
    expect(said).toEqual(['one', 'two']);
  });
});
