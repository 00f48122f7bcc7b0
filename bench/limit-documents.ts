/** What the documents of one created expense cost by themselves: a bare `node:http` server that appends, for each, what the five services keep of it,
 *  in journals of their own and in their order. It decides and checks nothing, keeps nothing in memory and tells nobody. Started as a process of its
 *  own; says where it listens. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openJournal } from './support/bare-journal.ts';
import { readAll, send } from './support/bare-server.ts';

const [records, history, mirror, totals, feed] = ['records', 'history', 'mirror', 'totals', 'feed'].map((name) =>
  openJournal(process.argv[2]!, name),
) as [Append, Append, Append, Append, Append];
type Append = (line: string) => Promise<void>;

interface Body {
  readonly category: string;
  readonly amount: string;
  readonly currency: string;
  readonly date: string;
  readonly description: string;
}
const ownerId = crypto.randomUUID();
const changedAt = '2024-03-02T10:00:00.000Z';
const written = { createdAt: changedAt, updatedAt: changedAt, createdBy: ownerId };
const hash = '2029bdb6ec409998b7ee91c54f1c7216fe9fbae3aae2a81b0874ce93689c5dad';
const lineOf = (document: object): string => `${JSON.stringify(document)}\n`;

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = JSON.parse(await readAll(req)) as Body;
  const id = crypto.randomUUID();
  const base = { currency: 'EUR', rate: '1', rateDate: body.date };
  const view = { ...body, id, ownerId, tags: [], customFields: {}, base: { amount: body.amount, ...base }, version: 1, ...written };
  const entry = {
    id: `record.changed/${id}/1`,
    type: 'record.changed',
    salt: 'auTiHnpkwnpTycMlONg6mQ',
    version: 1,
    at: changedAt,
    by: ownerId,
    requestId: id,
    action: 'created',
    change: { before: null, after: view },
  };
  await records(lineOf(recordOf(body, id, entry)));
  send(res, 201, JSON.stringify(view));
  await Promise.all([keepHistory(id, entry), keepTotals(body, id), keepFeed(id)]);
  await records(lineOf([id, [entry.id], hash]));
}

function recordOf({ amount, ...body }: Body, _id: string, entry: object): object {
  const sortable = { amountMinor: 1250, amountKey: amount.padStart(19, '0'), searchText: body.description.toLowerCase() };
  const known = { labelText: body.category.toLowerCase(), contentKey: '2413pZ5Mqzm09gM5' };
  const base = { amountMinor: 1250, currency: 'EUR', rate: '1', rateDate: body.date };
  return { _id, version: 1, ownerId, ...body, ...sortable, ...known, base, ...written, changedAt, outbox: [entry] };
}
const keepHistory = (id: string, entry: object): Promise<void> => {
  const line = { aggregate: 'record', aggregateId: id, recordedAt: changedAt, entry, changeMac: hash, hash, previousHash: null, changedAt };
  return history(lineOf({ _id: `${id}:00000001:record.changed`, version: 1, ...line }));
};
async function keepTotals({ date: day, category, currency }: Body, _id: string): Promise<void> {
  const key = `${ownerId}|${day}|${category}|${currency}`;
  await mirror(lineOf({ _id, version: 1, ownerId, key, amountMinor: 1250, changedAt }));
  const total = { ownerId, day, category, currency, sumMinor: 1250, records: 1, changedAt };
  await totals(lineOf({ _id: key, version: 95563942738852, ...total }));
}
const keepFeed = (id: string): Promise<void> => {
  const entries = [{ kind: 'record.created', at: changedAt, data: { id, version: 1 } }];
  return feed(lineOf({ _id: id, version: 1, userId: ownerId, first: 2, last: 2, eventKeys: [id], entries, changedAt }));
};

const server = createServer((req, res) => void answer(req, res));
server.listen(0, '127.0.0.1', () => console.log(`limit http://127.0.0.1:${(server.address() as AddressInfo).port}`));
