import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { fakeClock } from '../../testing/index.ts';
import { StoreRefused, StoreUnavailable } from '../documents.ts';
import { openMongoStore } from './index.ts';

const open = (url: string) => openMongoStore({ url, database: 'x', clock: fakeClock(), waitMs: 0, connectMs: 300 });

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Says this to whoever greets it. */
const serverThatSays = (answer: string): Server =>
  createServer((socket) => socket.on('error', () => {}).once('data', () => socket.write(answer, 'latin1')));

describe('opening a store on a server', () => {
  test('that is not there can be tried again', async () => {
    const server = serverThatSays('');
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    const refusal: unknown = await open(`mongodb://ann:secret@127.0.0.1:${port}/`).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StoreUnavailable);
    expect(String(refusal)).toContain(`MongoDB at 127.0.0.1:${port} can't be reached`);
    expect(String(refusal)).not.toContain('secret');
  });

  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'it answers as HTTP does'],
    ['RabbitMQ', 'AMQP\0\0\x09\x01', 'it answers as RabbitMQ does'],
    ['Redis', '-ERR unknown command\r\n', 'it answers as Redis does'],
    ['SMTP', '220 mail.example.org ESMTP\r\n', 'it answers "220 mail.exa"'],
  ])('of another kind (%s) is refused by what it says', async (_, answer, told) => {
    const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(answer, 'latin1')));
    const port = await listening(server);
    const refusal: unknown = await open(`mongodb://ann:secret@127.0.0.1:${port}/`).catch((error: unknown) => error);
    server.close();
    expect(refusal).toBeInstanceOf(StoreRefused);
    expect(String(refusal)).toContain(`MongoDB at 127.0.0.1:${port} is another kind of server: ${told}`);
    expect(String(refusal)).not.toMatch(/secret|\n/);
  });

  test('of a kind that reads lines is refused too, though it finds no line in what MongoDB is greeted with', async () => {
    const server = createServer((socket) => {
      const answer = (chunk: Buffer): void => void (/^[^\0]*\r\n/.test(chunk.toString('latin1')) && socket.end('-ERR unknown command\r\n'));
      socket.on('error', () => {}).on('data', answer);
    });
    const port = await listening(server);
    const refusal: unknown = await open(`mongodb://127.0.0.1:${port}/`).catch((error: unknown) => error);
    server.close();
    expect(refusal).toBeInstanceOf(StoreRefused);
    expect(String(refusal)).toContain('is another kind of server: it answers as Redis does');
  });

  test.each(['mongodb://ann:p@ss:secret@host/', 'postgres://ann:secret@host/', 'mongodb://host/?w=secret&nonsense=secret'])(
    'by a URL that is none is refused without repeating it: %s',
    async (url) => {
      const refusal: unknown = await open(url).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StoreRefused);
      expect(String(refusal)).toContain('the URL of the MongoDB server is malformed');
      expect(String(refusal)).not.toContain('secret');
    },
  );
});
