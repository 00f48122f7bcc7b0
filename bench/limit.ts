/** The limit that the figures are held against: a bare `node:http` server that does only the durable work of a request (one appended
 *  line, one fsync for all that wait) or only the read (finding and writing out what is asked for), with no identity, validation, events
 *  or second copy of anything. Started as a process of its own; says where it listens. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openJournal } from './support/bare-journal.ts';
import { readAll, send } from './support/bare-server.ts';

const append = openJournal(process.argv[2]!, 'limit');

const records = new Map<string, object[]>();
const server = createServer((req, res) => void answer(req, res));
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'POST') {
    const record = JSON.stringify({ id: crypto.randomUUID(), ...(JSON.parse(await readAll(req)) as object) });
    await append(`${record}\n`);
    return send(res, 201, record);
  }
  const { searchParams, pathname } = new URL(req.url!, 'http://limit');
  if (pathname === '/progress') return send(res, 200, JSON.stringify({ spent: '1234.56', limit: '5000.00', percent: 24.7 }));
  const found = records.get(searchParams.get('category') ?? '') ?? [];
  send(res, 200, JSON.stringify({ items: found.slice(-50).toReversed(), nextCursor: null }));
}

const categories = ['Food', 'Rent', 'Travel', 'Health', 'Fun', 'Home', 'Car', 'Gifts', 'Pets', 'Other'];
for (let n = 0; n < 10_000; n += 1) {
  const category = categories[n % categories.length]!;
  const record = {
    id: crypto.randomUUID(),
    type: 'expense',
    ownerId: crypto.randomUUID(),
    amount: '12.50',
    currency: 'EUR',
    date: '2024-03-02',
    description: `Record number ${n}`,
    category,
    tags: [],
    customFields: {},
    base: { amount: '12.50', currency: 'EUR', rate: '1', rateDate: '2024-03-02' },
    version: 1,
    createdAt: '2024-03-02T10:00:00.000Z',
    updatedAt: '2024-03-02T10:00:00.000Z',
    createdBy: 'x',
  };
  records.set(category, [...(records.get(category) ?? []).slice(-200), record]);
}
server.listen(0, '127.0.0.1', () => console.log(`limit http://127.0.0.1:${(server.address() as AddressInfo).port}`));
