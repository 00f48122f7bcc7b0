import { expect, test } from '@jest/globals';
import { checkServers } from './check-servers.ts';

const up = (closed: string[], variable: string) => ({ variable, connect: async () => ({ close: async () => void closed.push(variable) }) });
const down = (variable: string, said: unknown) => ({ variable, connect: () => Promise.reject(said) });

test('Servers that answer are let go again', async () => {
  const closed: string[] = [];
  await checkServers([up(closed, 'MONGODB_URL'), up(closed, 'REDIS_URL')]);
  expect(closed).toEqual(['MONGODB_URL', 'REDIS_URL']);
});

test('Of those that do not each is named, in one line', async () => {
  const checks = [
    up([], 'MONGODB_URL'),
    down('RABBITMQ_URL', new Error('nobody answers\nat x')),
    down('REDIS_URL', 'REDIS_URL: wrong password'),
  ];
  await expect(checkServers(checks)).rejects.toMatchObject({ problems: ['RABBITMQ_URL: nobody answers', 'REDIS_URL: wrong password'] });
});
