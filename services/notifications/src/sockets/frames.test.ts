import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ImportProgressed, type ImportView, progressChannel } from '@commonpurse/shared/contracts';
import type { DocumentStore } from '@commonpurse/shared/documents';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import { overridingCollection, type TestUser } from '@commonpurse/shared/testing';
import { importProgressed, startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

/** A store whose inbox takes nothing before it is told to. */
const holdingInbox = (store: DocumentStore, until: Promise<void>): DocumentStore =>
  overridingCollection(store, 'inbox', (documents) => ({ insertMany: (drafts) => until.then(() => documents.insertMany(drafts)) }));

test('an alert is shown before its inbox item is stored, and the frame of the item after', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const system = await startNotifications({ deps: (deps) => ({ ...deps, documents: holdingInbox(deps.documents, promise) }) });
  const ada = await system.user();
  const socket = await system.connect(ada);
  const told = system.crossThreshold(ada);
  await socket.next('budget.alert');
  socket.send({ type: 'resume', since: 0 });
  await system.until(() => socket.seqs.length === 2);
  expect(socket.seqs).toEqual([1, 1]);
  resolve();
  await told;
  await socket.next('notification');
  expect((await system.as(ada).get('/notifications')).body.items).toHaveLength(1);
  await system.stop();
});

describe('the frames of a socket', () => {
  let system: TestNotifications;
  let ada: TestUser;
  beforeEach(async () => {
    system = await startNotifications();
    ada = await system.user();
  });
  afterEach(() => system.stop());

  test('begin with hello', async () => {
    const socket = await system.connect(ada);
    const hello = await socket.next('hello');
    expect(hello).toEqual({ type: 'hello', at: expect.any(String), data: { userId: ada.id, lastSeq: 0, heartbeatMs: 30_000 } });
  });

  test('tell of records as GET shows them, numbered without a gap', async () => {
    const socket = await system.connect(ada);
    const created = await system.changeRecord(ada);
    const id = created.subject;
    await system.changeRecord(ada, { action: 'updated', record: { id, amountMinor: 999 } });
    await system.changeRecord(ada, { action: 'deleted', record: { id } });
    await system.changeRecord(ada, { action: 'restored', record: { id } });
    await socket.next((frame) => frame.seq === 4);
    expect(socket.frames.slice(1).map(({ type, seq, data }) => [type, seq, data.id, data.version, data.amount])).toEqual([
      ['record.created', 1, id, 1, '12.50'],
      ['record.updated', 2, id, 2, '9.99'],
      ['record.deleted', 3, id, 3, undefined],
      ['record.created', 4, id, 4, '9.99'],
    ]);
    expect(socket.frames[3]!.data).toEqual({ id, version: 3 });
  });

  test('tell of an alert once, with its inbox item beside it', async () => {
    const socket = await system.connect(ada);
    const event = await system.crossThreshold(ada);
    await system.publish(event);
    await system.changeRecord(ada);
    await socket.next('record.created');
    const [alert, notification, record] = socket.frames.slice(1);
    expect(alert).toMatchObject({
      type: 'budget.alert',
      seq: 1,
      data: { name: 'Groceries', thresholdPercent: 80, spent: '412.50', available: '500.00', currency: 'EUR' },
    });
    expect(notification).toMatchObject({ type: 'notification', seq: 2, data: { type: 'budget.alert', seq: 2, readAt: null } });
    expect(notification!.data.data).toEqual(alert!.data);
    expect(record!.seq).toBe(3);
    const inbox = await system.as(ada).get('/notifications');
    expect(inbox.body.items).toEqual([notification!.data]);
  });

  test('show an import while it runs, and number only its end; its rows make none', async () => {
    const socket = await system.connect(ada);
    const runs = importProgressed(ada.id, { id: 'import-1' });
    await system.publish(runs);
    await system.changeRecord(ada, { record: { importId: 'import-1' } });
    const ended = importProgressed(ada.id, { id: 'import-1', version: 3 }, true);
    await system.publish(ended);
    await socket.next('import.finished');
    const jobOf = ({ data }: DomainEvent): ImportView => (data as ImportProgressed).import;
    const { errors, ...job } = jobOf(ended);
    expect(errors).toHaveLength(1);
    expect(socket.frames.slice(1).map(({ type, seq, data }) => [type, seq, data])).toEqual([
      ['import.progress', undefined, jobOf(runs)],
      ['import.finished', 1, job],
    ]);
  });

  test('pass on the progress of a budget', async () => {
    const socket = await system.connect(ada);
    await system.cache.publish(progressChannel, JSON.stringify({ userId: ada.id, data: { budgetId: 'b', spent: '1.00' } }));
    expect(await socket.next('budget.progress')).toMatchObject({ data: { budgetId: 'b', spent: '1.00' } });
  });

  test("never tell of other people's records", async () => {
    const grace = await system.user();
    const socket = await system.connect(ada);
    await system.changeRecord(grace);
    await system.changeRecord(ada);
    await socket.next('record.created');
    expect(socket.seqs).toEqual([1]);
    expect(JSON.stringify(socket.frames)).not.toContain(grace.id);
  });

  test('answer ping, and tell what was not understood', async () => {
    const socket = await system.connect(ada);
    socket.send({ type: 'ping' });
    await socket.next('pong');
    for (const nonsense of [
      '{',
      '[]',
      'null',
      '{"type":"hello"}',
      '{"type":"ping","more":1}',
      '{"type":"ping","since":1}',
      '{"type":"resume","since":0,"more":1}',
      '{"type":"resume","since":-1}',
      '{"type":"resume"}',
    ])
      socket.send(nonsense);
    await system.until(() => socket.frames.filter((frame) => frame.type === 'error').length === 9);
    expect(socket.frames.filter((frame) => frame.type === 'error').map((frame) => frame.data.code)).toEqual([
      'malformed',
      'malformed',
      'malformed',
      'unknown-frame',
      'unknown-frame',
      'unknown-frame',
      'unknown-frame',
      'since-invalid',
      'since-invalid',
    ]);
  });

  test('end with 4400 after ten that were not understood', async () => {
    const socket = await system.connect(ada);
    for (let count = 0; count < 10; count += 1) socket.send('nonsense');
    expect((await socket.closed).code).toBe(4400);
  });

  test('end with 1009 for a message above 64 KiB', async () => {
    const large = await system.connect(ada);
    large.send(JSON.stringify({ type: 'ping', padding: 'x'.repeat(64 * 1024) }));
    expect((await large.closed).code).toBe(1009);
  });

  test('which are binary are not understood, whatever they hold, and count like any other', async () => {
    const socket = await system.connect(ada);
    for (let count = 0; count < 10; count += 1) socket.ws.send(Buffer.from('{"type":"ping"}'));
    expect((await socket.closed).code).toBe(4400);
    expect(socket.frames.filter(({ type }) => type === 'error').map(({ data }) => data['code'])).toEqual(Array(10).fill('malformed'));
    expect(socket.frames.some(({ type }) => type === 'pong')).toBe(false);
  });
});
