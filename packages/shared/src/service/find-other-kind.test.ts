import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findOtherKind, type ServerKind } from './find-other-kind.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server's port; it answers what begins like this, and says nothing to anything else. */
async function serverThatAnswers(answer: string, beginning = /^/): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk) => (beginning.test(chunk.toString('latin1')) ? socket.end(answer, 'latin1') : socket.end()));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
const mongo = () => serverThatAnswers('\x26\0\0\0\x01\0\0\0\x01\0\0\0\xdd\x07\0\0\0\0\0\0', /^4\0\0\0/);
const rabbit = () => serverThatAnswers('AMQP\0\0\x09\x01', /^4\0\0\0/);
const redis = () => serverThatAnswers("-ERR unknown command '?'\r\n", /^[^\0]*\r\n/);
const web = () => serverThatAnswers('HTTP/1.1 400 Bad Request\r\n\r\n');
const mail = () => serverThatAnswers('220 mail.example.org ESMTP\r\n');

describe('what listens where a server should', () => {
  test.each<[ServerKind, string, () => Promise<number>, string]>([
    ['MongoDB', 'RabbitMQ', rabbit, 'as RabbitMQ does'],
    ['MongoDB', 'Redis', redis, 'as Redis does'],
    ['RabbitMQ', 'MongoDB', mongo, 'as MongoDB does'],
    ['RabbitMQ', 'Redis', redis, 'as Redis does'],
    ['Redis', 'MongoDB', mongo, 'as MongoDB does'],
    ['Redis', 'RabbitMQ', rabbit, 'as RabbitMQ does'],
    ['Redis', 'a web server', web, 'as HTTP does'],
    ['RabbitMQ', 'a mail server', mail, '"220 mail.exa"'],
  ])('in place of %s, %s is known by what it answers', async (wanted, _, listen, told) => {
    expect(await findOtherKind(wanted, '127.0.0.1', await listen())).toBe(`another kind of server: it answers ${told}`);
  });

  test.each<[ServerKind, () => Promise<number>]>([
    ['MongoDB', mongo],
    ['RabbitMQ', rabbit],
    ['Redis', redis],
  ])('is taken for %s where it answers so', async (wanted, listen) => {
    expect(await findOtherKind(wanted, '127.0.0.1', await listen())).toBeNull();
  });

  test('may be the right one where nothing is said: it hangs up, or nobody is there', async () => {
    const port = await serverThatAnswers('');
    expect(await findOtherKind('Redis', '127.0.0.1', port)).toBeNull();
    servers.splice(0)[0]!.close();
    expect(await findOtherKind('Redis', '127.0.0.1', port)).toBeNull();
  });
});
