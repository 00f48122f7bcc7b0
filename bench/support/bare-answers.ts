import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { readAll, send } from './bare-server.ts';

/** What the limit answers: a created record once `append` has resolved, a page of a category, the same progress always. */
export function bareAnswers(append: (line: string) => Promise<void>): RequestListener {
  const records = recordsByCategory();
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (req.method === 'POST') {
      const record = JSON.stringify({ id: crypto.randomUUID(), ...(JSON.parse(await readAll(req)) as object) });
      await append(`${record}\n`);
      return send(res, 201, record);
    }
    const { searchParams, pathname } = new URL(req.url!, 'http://limit');
    if (pathname === '/progress') return send(res, 200, JSON.stringify({ spent: '1234.56', limit: '5000.00', percent: 24.7 }));
    const found = records.get(searchParams.get('category') ?? '') ?? [];
    send(res, 200, JSON.stringify({ items: found.slice(-50).toReversed(), nextCursor: null }));
  };
  return (req, res) => void answer(req, res);
}

function recordsByCategory(): Map<string, object[]> {
  const records = new Map<string, object[]>();
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
  return records;
}
