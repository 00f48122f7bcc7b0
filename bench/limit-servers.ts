/** The limit that the system on real servers is held against: a bare `node:http` server whose request is one durable insert and one confirmed
 *  publish to a topic exchange with two quorum queues bound to it, and nothing else. Asked with PUT, it inserts 100,000 rows in batches of 500
 *  under the same indexes as records has, and answers how long that took. Started as a process of its own; says where it listens. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';

const { MONGODB_URL = '', MONGODB_DATABASE = '', RABBITMQ_URL = '' } = process.env;
const client = await new MongoClient(MONGODB_URL, { writeConcern: { w: 'majority', journal: true } }).connect();
const records = client.db(`${MONGODB_DATABASE}-limit`).collection<{ _id: string }>('records');
const owned = (...fields: string[]) => Object.fromEntries(['ownerId', 'deletedAt', ...fields, '_id'].map((field) => [field, 1] as const));
const indexes = [owned('date'), owned('createdAt'), owned('amountKey'), owned('category', 'date'), { contentKey: 1 as const }];
for (const index of indexes) await records.createIndex(index);

const channel = await (await connect(RABBITMQ_URL)).createConfirmChannel();
await channel.assertExchange('limit', 'topic', { durable: true });
for (const queue of ['limit-1', 'limit-2']) {
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(queue, 'limit', '#');
  await channel.consume(queue, (message) => message && channel.ack(message));
}

async function create(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const at = new Date().toISOString();
  const body = JSON.parse(Buffer.concat(chunks).toString()) as object;
  const record = { ...body, _id: crypto.randomUUID(), ownerId: 'x', deletedAt: null, createdAt: at, amountKey: 1250, contentKey: at };
  await records.insertOne(record);
  await new Promise<void>((resolve, reject) => {
    const sent = (error: Error | null): void => (error === null ? resolve() : reject(error));
    channel.publish('limit', 'record.created', Buffer.from(JSON.stringify(record)), { persistent: true }, sent);
  });
  return record;
}

async function insertRows(): Promise<{ ms: number }> {
  const startedAt = performance.now();
  for (let from = 0; from < 100_000; from += 500) {
    const rows = Array.from({ length: 500 }, (_, n) => ({
      _id: crypto.randomUUID(),
      ownerId: 'rows',
      deletedAt: null,
      date: '2024-03-02',
      createdAt: '2024-03-02T10:00:00.000Z',
      amountKey: from + n,
      category: 'Food',
      contentKey: `rows-${from + n}`,
      description: `Payment number ${from + n}`,
      currency: 'EUR',
    }));
    await records.insertMany(rows, { ordered: false });
  }
  return { ms: performance.now() - startedAt };
}

const server = createServer((req, res) => {
  const answered = req.method === 'PUT' ? insertRows() : create(req);
  answered.then(
    (body) => res.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(body)),
    (error: Error) => res.writeHead(500).end(error.message),
  );
});
process.once('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => console.log(`limit http://127.0.0.1:${(server.address() as AddressInfo).port}`));
