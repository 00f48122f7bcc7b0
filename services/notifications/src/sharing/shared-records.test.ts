import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ShareScope } from '@commonpurse/shared/contracts';
import { CacheUnavailable } from '@commonpurse/shared/cache';
import type { Frame, TestUser } from '@commonpurse/shared/testing';
import { importProgressed, startNotifications, type TestNotifications } from '../testing/start-notifications.ts';
import type { TestSocket } from '../testing/socket-client.ts';

const food: ShareScope = { kind: 'records', categories: ['Food'] };
let system: TestNotifications;
let ada: TestUser;
let bob: TestUser;
beforeEach(async () => {
  system = await startNotifications();
  [ada, bob] = [await system.user({ displayName: 'Ada' }), await system.user({ displayName: 'Bob' })];
});
afterEach(() => system.stop());

/** As auth does it; the event is never published, so it holds by the stamp alone. */
const share = (scope: ShareScope = food) => system.auth.grant(ada, bob, { scope });
const said = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => type.startsWith('record')).map(({ type, data }) => [type, data.id, data.version]);
const numbered = (socket: TestSocket, seq: number) => socket.next((frame) => frame.seq === seq);
const become = (id: string, record: object, action: 'updated' | 'deleted' | 'restored' = 'updated') =>
  system.changeRecord(ada, { action, record: { id, ...record } });

describe('Frames of what is shared', () => {
  test('reach the grantee, and only what lies in the share', async () => {
    await share();
    const socket = await system.connect(bob);
    // Each is shown as it is when it is sent, so the next change waits for that.
    const { subject: lunch } = await system.changeRecord(ada);
    await numbered(socket, 1);
    const { subject: rent } = await system.changeRecord(ada, { record: { category: 'Rent' } });
    await become(lunch, { description: 'Cake' });
    await numbered(socket, 2);
    await become(rent, { category: 'Food' });
    await numbered(socket, 3);
    await become(lunch, { category: 'Rent' });
    await numbered(socket, 4);
    await become(rent, {}, 'deleted');
    await numbered(socket, 5);
    expect(said(socket.frames)).toEqual([
      ['record.created', lunch, 1],
      ['record.updated', lunch, 2],
      ['record.created', rent, 2],
      ['record.deleted', lunch, 3],
      ['record.deleted', rent, 3],
    ]);
    expect(socket.frames.find(({ seq }) => seq === 2)?.data).toMatchObject({ ownerId: ada.id, description: 'Cake', amount: '12.50' });
    expect(await system.headOf(ada)).toBe(6);
  });

  test('are judged when they are sent: what is seen no more is gone, under its number', async () => {
    await share();
    const { subject: lunch } = await system.changeRecord(ada);
    const { subject: tea } = await system.changeRecord(ada);
    await system.until(async () => (await system.headOf(bob)) === 2);
    system.records.set(tea, { ...system.records.get(tea)!, category: 'Rent' });
    const before = await system.connect(bob, { since: 0 });
    await numbered(before, 2);
    expect(before.frames.slice(1).map(({ seq, type, data }) => [seq, type, data.id])).toEqual([
      [1, 'record.created', lunch],
      [2, 'record.deleted', tea],
    ]);
    await system.auth.revokeGrants(ada, bob);
    before.send({ type: 'resume', since: 0 });
    await system.until(() => before.seqs.length === 4);
    expect(before.frames.slice(3).map(({ seq, type, data }) => [seq, type, data])).toEqual([
      [1, 'record.deleted', { id: lunch, version: 1 }],
      [2, 'record.deleted', { id: tea, version: 1 }],
    ]);
  });

  test('end with the share at once, though no event has told of it', async () => {
    await share();
    const socket = await system.connect(bob);
    const { subject: lunch } = await system.changeRecord(ada);
    await numbered(socket, 1);
    await system.auth.revokeGrants(ada, bob);
    await become(lunch, { description: 'Secret' });
    await system.changeRecord(ada, { record: { description: 'Secret' } });
    await system.changeRecord(bob);
    await numbered(socket, 2);
    expect(JSON.stringify(socket.frames)).not.toContain('Secret');
    expect(await system.headOf(bob)).toBe(2);
  });

  test('of one who holds nothing any more, but was not heard of, show nothing', async () => {
    await share();
    const socket = await system.connect(bob);
    const { subject } = await system.changeRecord(ada);
    await numbered(socket, 1);
    // Ada's list still names Bob: a hint of whom to tell, never a right to be told.
    await system.auth.change(bob.id, { grants: [] });
    await become(subject, { description: 'Secret' });
    await system.changeRecord(bob);
    await numbered(socket, 2);
    expect(JSON.stringify(socket.frames)).not.toContain('Secret');
  });

  test('come once, however often the change is told', async () => {
    await share();
    const event = await system.changeRecord(ada);
    await system.publish(event);
    await system.auth.grant(ada, bob, { scope: { kind: 'records', recordIds: [event.subject] } });
    await system.publish(event);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([1, 1]);
  });

  test('are none of what was told before it was shared, when it is told again; of what is only late there is one', async () => {
    const event = await system.changeRecord(ada);
    await system.auth.grant(ada, bob, { scope: food, since: '2026-01-16T12:00:00.000Z' });
    await system.publish(event);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([1, 0]);
    await system.changeRecord(ada);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([2, 1]);
  });

  test('are not lost while nobody can say with whom it is shared', async () => {
    await share();
    const { getMany } = system.cache;
    system.cache.getMany = () => Promise.reject(new CacheUnavailable('away'));
    system.auth.available = false;
    const changing = system.changeRecord(ada, { by: ada });
    await system.until(async () => (await system.headOf(ada)) === 1);
    expect(await system.headOf(bob)).toBe(0);
    system.cache.getMany = getMany;
    system.auth.available = true;
    await changing;
    expect(await system.headOf(bob)).toBe(1);
  });

  test('are not lost while nobody can say what one of those sees with whom it is shared', async () => {
    await share();
    // Ada is known as she is now, Bob is not.
    await system.as(ada).get('/notifications');
    system.auth.available = false;
    const changing = system.changeRecord(ada, { by: ada });
    await system.until(async () => (await system.headOf(ada)) === 1);
    await system.atRest();
    system.auth.available = true;
    await changing;
    expect(await system.headOf(bob)).toBe(1);
  });

  test('still come to the others when one of those is gone with whom it is shared', async () => {
    await system.auth.change(ada.id, { sharedWith: ['gone'] });
    await share();
    await system.changeRecord(ada);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([1, 1]);
    expect(system.logs).toEqual([]);
  });

  test('of a change have one number, though it means something else by the time it is told again', async () => {
    await share();
    const { subject } = await system.changeRecord(ada);
    const event = await become(subject, { description: 'Cake' });
    const became = { ...(event.data as { was: object }).was, category: 'Rent' };
    await system.publish({ ...event, data: { ...(event.data as object), became } });
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([2, 2]);
  });

  /** Of an import that Bob runs for Ada. */
  const tellImport = (facts: Parameters<typeof importProgressed>[1], isFinished: boolean) => {
    const event = importProgressed(ada.id, facts, isFinished);
    return system.publish({ ...event, data: { ...(event.data as object), createdBy: bob.id } });
  };

  test('of an import show its progress to who runs it for somebody else, too', async () => {
    await share();
    const sockets = [await system.connect(ada), await system.connect(bob)];
    await tellImport({ id: 'running' }, false);
    for (const socket of sockets) expect(await socket.next('import.progress')).toMatchObject({ data: { id: 'running' } });
  });

  test('of an import that was only tried out say nothing of records that its owner would have', async () => {
    await share();
    await tellImport({ dryRun: true }, true);
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([1, 1]);
    expect((await system.as(ada).get('/notifications')).body.items).toEqual([]);
  });

  test('of an import that somebody ran for somebody else go to both, as long as it is shared', async () => {
    await share();
    const finished = (id: string) => tellImport({ id }, true);
    await finished('first');
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([2, 1]);
    expect((await system.as(ada).get('/notifications')).body.items).toMatchObject([
      { type: 'import.edited', title: 'Bob has imported a file for you', data: { importId: 'first', by: bob.id } },
    ]);
    await system.auth.revokeGrants(ada, bob);
    await finished('second');
    expect([await system.headOf(ada), await system.headOf(bob)]).toEqual([4, 1]);
  });
});

describe('An owner', () => {
  test('is told when somebody else changes a record, and not of what they do themselves', async () => {
    await share({ kind: 'records' });
    const { subject } = await system.changeRecord(ada, { by: ada });
    await system.changeRecord(ada, { action: 'updated', record: { id: subject, description: 'Cake' }, by: bob });
    const { items } = (await system.as(ada).get('/notifications')).body;
    expect(items).toMatchObject([
      {
        type: 'record.edited',
        seq: 3,
        title: 'Bob has changed a record of yours',
        body: 'Cake: 12.50 EUR, 2026-01-15.',
        data: { recordId: subject, version: 2, action: 'updated', by: bob.id, byName: 'Bob' },
      },
    ]);
    expect((await system.as(bob).get('/notifications')).body.items).toEqual([]);
  });
});
