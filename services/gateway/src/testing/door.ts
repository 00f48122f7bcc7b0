import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Refusal } from '@commonpurse/shared/http';
import { systemClock } from '@commonpurse/shared/service';
import { createServiceProxy } from '../routing/proxy.ts';
import { createTargets } from '../routing/targets.ts';

const closing: (() => void)[] = [];
/** Ends what was opened here; call it after each test. */
export function closeAll(): void {
  for (const close of closing.splice(0)) close();
}

type Upgrade = (req: IncomingMessage, socket: Socket, head: Buffer) => void;

export async function listen(listener: RequestListener, upgrade?: Upgrade): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  if (upgrade) server.on('upgrade', upgrade);
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

export interface Door {
  readonly url: URL;
  /** What the passages that are over came to, in the order of their end. */
  readonly outcomes: Promise<unknown>[];
  /** Its side of the connections that were upgraded. */
  readonly upgraded: Socket[];
  sayGoodbye(): Promise<void>;
}
/** A door that hands everything to these instances of one service. */
export async function doorTo(
  origins: readonly string[],
  answerTimeoutMs = 30_000,
  leaveMsMax = 30_000,
  silentMsMax = 30_000,
): Promise<Door> {
  const proxy = createServiceProxy({ targets: createTargets(() => origins, systemClock), answerTimeoutMs, leaveMsMax, silentMsMax });
  closing.push(() => proxy.close());
  const outcomes: Promise<unknown>[] = [];
  const visitor = { requestId: 'r', address: '203.0.113.9', path: '/', headers: ['X-Own', 'yes'] };
  const upgraded: Socket[] = [];
  const upgrade: Upgrade = (req, socket, head) => {
    upgraded.push(socket.on('error', () => socket.destroy()));
    const refuse = (refusal: Refusal): void => void socket.write(`HTTP/1.1 ${refusal.status} ${refusal.code}\r\n\r\n`);
    proxy.upgrade(req, socket, head, visitor, refuse);
  };
  const front = await listen((req, res) => {
    const passed = proxy.forward(req, res, visitor, 'records');
    outcomes.push(
      passed.then(
        () => 'over',
        (error: unknown) => error,
      ),
    );
    passed.catch(() => void (res.headersSent || res.writeHead(500).end()));
  }, upgrade);
  return { url: front, outcomes, upgraded, sayGoodbye: () => proxy.sayGoodbye() };
}

export async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
export async function call(url: URL, method: string, body: readonly string[] = [], headers: Record<string, string> = {}) {
  const sent = request(url, { method, headers, agent: false });
  for (const part of body) sent.write(part);
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await readAll(answer) };
}
