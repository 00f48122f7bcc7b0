import { expect, test } from '@jest/globals';
import type { ScriptedRedis } from './scripts.ts';
import { createSubscriptions } from './subscriptions.ts';

/** A server that takes commands as they come, and whose answers wait until they are given. */
function listening() {
  const heard = new Set<string>();
  const answers: (() => void)[] = [];
  const told = (act: () => void): Promise<void> => {
    act();
    return new Promise((resolve) => answers.push(resolve));
  };
  const redis = {
    subscribe: (...channels: string[]) => told(() => channels.forEach((channel) => heard.add(channel))),
    unsubscribe: (channel: string) => told(() => void heard.delete(channel)),
  } as unknown as ScriptedRedis;
  return { redis, heard, answer: () => answers.shift()!() };
}

test('A channel that was left while a later listener’s answer was on its way is listened to again when somebody comes back', async () => {
  const { redis, heard, answer } = listening();
  const subscriptions = createSubscriptions('p:');
  subscriptions.add('x');
  const first = subscriptions.subscribe(redis);
  subscriptions.add('y');
  const second = subscriptions.subscribe(redis);
  answer();
  await first;
  expect(subscriptions.remove('x')).toBe(true);
  const left = subscriptions.unsubscribe(redis, 'x');
  answer();
  await second;
  answer();
  await left;
  expect([...heard]).toEqual(['p:y']);
  subscriptions.add('x');
  const again = subscriptions.subscribe(redis);
  expect([...heard]).toEqual(['p:y', 'p:x']);
  answer();
  await again;
  expect(subscriptions.allSubscribed()).toBe(true);
});
