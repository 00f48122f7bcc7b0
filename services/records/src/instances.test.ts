import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import type { Service, ServiceDeps } from '@commonpurse/shared/service';
import {
  type FakeClock,
  fakeClock,
  overriding,
  type SecondInstance,
  shareable,
  startSecondInstance,
  startTestService,
  type TestClient,
  type TestService,
  type TestUser,
  withOwnWrites,
} from '@commonpurse/shared/testing';
import { RecordsConfig } from './config.ts';
import { filePart, multipart, multipartType, optionsPart } from './imports/testing/multipart.ts';
import { createRecordsService } from './service.ts';

const lunch = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-01-14', category: 'Food' };
const create = (deps: ServiceDeps): Promise<Service> => createRecordsService({ ...deps, config: RecordsConfig.parse({}) });

describe('two instances of records on one store', () => {
  let clock: FakeClock;
  let first: TestService;
  let second: SecondInstance;
  let ada: TestUser;
  let client: TestClient;
  /** Whether the first instance's broker takes what it publishes. */
  let brokerTakes: boolean;

  beforeEach(async () => {
    clock = fakeClock();
    brokerTakes = true;
    first = await startTestService(create, {
      clock,
      deps: (deps) => ({
        ...deps,
        documents: withOwnWrites(shareable(deps.documents)),
        bus: overriding(deps.bus, {
          publish: async (event) => {
            if (!brokerTakes) throw new Error('the broker is away');
            await deps.bus.publish(event);
          },
        }),
      }),
    });
    second = await startSecondInstance(first, create);
    ada = await first.user({ baseCurrency: 'EUR' });
    client = first.as(ada);
  });
  afterEach(async () => {
    await passing(second.stop());
    await passing(first.stop());
  });
  /** Time goes on until it is over: what was refused is tried again only then. */
  const passing = async (work: Promise<void>): Promise<void> => {
    let over = false;
    const watched = work.finally(() => (over = true));
    await first.until(() => {
      clock.advance(1_000);
      return over;
    });
    await watched;
  };

  const told = (): DomainEvent[] => [...first.published, ...second.published].filter(({ type }) => type === 'record.changed');

  test('a retry that reaches the other one meets the first try, also at the same time', async () => {
    const headers = { 'idempotency-key': 'shopping' };
    const answers = await Promise.all([
      client.post('/records', lunch, { headers }),
      second.call(ada, 'POST', '/records', { body: lunch, headers }),
      client.post('/records', lunch, { headers }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await client.get('/records?count=true')).body.total).toBe(1);
  });

  test('of two changes of one version at the same time one is made', async () => {
    const { body } = await client.post('/records', lunch);
    const path = `/records/${body.id}`;
    const headers = { 'if-match': '"1"' };
    const answers = await Promise.all([
      client.patch(path, { amount: '1.00' }, { headers }),
      second.call(ada, 'PATCH', path, { body: { amount: '2.00' }, headers }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const now = (await client.get(path)).body;
    expect(now).toMatchObject({ version: 2, amount: answers.find(({ status }) => status === 200)!.body.amount });
  });

  test('each tells what it wrote itself, once', async () => {
    await Promise.all([client.post('/records', lunch), second.call(ada, 'POST', '/records', { body: lunch })]);
    const records = await first.deps.documents.collection({ name: 'records', indexes: [] });
    await first.until(async () => told().length === 2 && (await records.withOutbox('9999', 1)).length === 0);
    clock.advance(10_000);
    expect((await second.call(ada, 'GET', '/records?count=true')).body.total).toBe(2);
    expect([first.published, second.published].map((events) => events.filter(({ type }) => type === 'record.changed').length)).toEqual([
      1, 1,
    ]);
  });

  test('what one could not tell the other one tells, and history has one line of it', async () => {
    brokerTakes = false;
    const { body } = await client.post('/records', lunch);
    expect(second.published).toEqual([]);
    await first.until(() => {
      clock.advance(1_000);
      return second.published.some(({ subject }) => subject === body.id);
    });
    brokerTakes = true;
    expect((await client.get(`/records/${body.id}/history`)).body.items).toHaveLength(1);
  });

  test('an import that reaches one is seen by both, and each row lands once', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => `2026-01-${String((n % 14) + 1).padStart(2, '0')},Row ${n},-1.00,EUR`);
    const file = Buffer.from(`Date,Description,Amount,Currency\n${rows.join('\n')}\n`);
    const raw = multipart([optionsPart({ defaults: { category: 'Food' } }), filePart(file)]);
    const accepted = await second.call(ada, 'POST', '/records/bulk-import', { raw, headers: { 'content-type': multipartType } });
    expect(accepted.status).toBe(202);
    await first.until(async () => {
      // less than a lease in any moment that somebody works
      clock.advance(100);
      return (await client.get(accepted.headers['location']!)).body.status === 'done';
    });
    expect((await client.get('/records?count=true')).body.total).toBe(40);
  });
});
