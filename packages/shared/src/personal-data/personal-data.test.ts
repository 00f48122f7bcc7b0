import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { get } from 'node:http';
import { openPeople } from '../access/people.ts';
import { UserErased } from '../contracts/index.ts';
import { type Doc, type Documents, type OutboxEntry, StoreUnavailable } from '../documents/index.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { internalKeyOf, signInternal } from '../http/index.ts';
import { createHistory, entryOf, eventOf, type HistoryLine, linesOf, verifyChain } from '../messaging/index.ts';
import { createService } from '../service/create-service.ts';
import { fakeClock, memoryDisk, overriding, startTestService, type TestService } from '../testing/index.ts';
import { createPersonalData, NotRecorded, type Part, type PersonalData, type PersonalDocument, withHistory } from './index.ts';

interface Note extends Doc {
  readonly ownerId: string;
  readonly text: string;
}
interface Stored {
  readonly notes: Documents<Note>;
  readonly history: Documents<HistoryLine>;
}

async function openNotes(): Promise<Stored> {
  const documents = await openJsonStore({ directory: '/notes', disk: memoryDisk(), clock: fakeClock() });
  const notes = await documents.collection<Note>({ name: 'notes', indexes: [{ name: 'by-owner', fields: ['ownerId', '_id'] }] });
  return { notes, history: await createHistory(documents) };
}
const noteOf = (ownerId: string, at: number) => ({ _id: `${ownerId}-${1_000 + at}`, version: 1, ownerId, text: `${at}` });
const partOf = (notes: Documents<Note>, facts: Partial<Part<Note>> = {}): Part<Note> => ({
  documents: notes,
  where: (ownerId) => [{ ownerId }],
  ...facts,
});
/** As a part may leave it. */
const blank = ({ _id, version, ownerId, text }: Note) => (text === '' ? null : { _id, ownerId, version: version + 1, text: '' });
const created = (_id: string): OutboxEntry =>
  entryOf(
    { type: 'note.changed' },
    {
      aggregateId: _id,
      version: 1,
      at: '2026-01-01T00:00:00.000Z',
      by: 'ada',
      requestId: 'r',
      action: 'created',
      change: { before: null, after: { text: 'secret' } },
    },
  );
const toldOf = async (personal: PersonalData, userId: string): Promise<PersonalDocument[]> => {
  const told: PersonalDocument[] = [];
  for await (const one of personal.of(userId)) told.push(one);
  return told;
};
const all = async (personal: PersonalData, userId: string): Promise<unknown[]> =>
  (await toldOf(personal, userId)).map(({ document }) => document['_id']);

describe('What there is of a person', () => {
  test('is told and erased page by page, everything of theirs and nothing else', async () => {
    const { notes } = await openNotes();
    const ids = (owner: string) => Array.from({ length: 250 }, (_, at) => noteOf(owner, at));
    await notes.insertMany([...ids('ada'), ...ids('bob')]);
    const limits: (number | undefined)[] = [];
    const watched = overriding(notes, {
      find: (filter, options) => {
        limits.push(options?.limit);
        return notes.find(filter, options);
      },
    });
    const personal = createPersonalData([partOf(watched)]);
    expect(await all(personal, 'ada')).toEqual(ids('ada').map(({ _id }) => _id));
    await personal.erase('ada');
    expect(await notes.count({ ownerId: 'ada' })).toBe(0);
    expect(await notes.count({ ownerId: 'bob' })).toBe(250);
    expect(Math.max(...limits.map(Number))).toBe(100);
  });

  test('stays as far as it is to and is still there, by compare-and-set, and is told as it is shown', async () => {
    const { notes } = await openNotes();
    await notes.insertMany([noteOf('ada', 1), noteOf('ada', 2), noteOf('ada', 3)]);
    let raced = false;
    const racing = overriding(notes, {
      replace: async (doc, version, entries) => {
        if (doc._id === noteOf('ada', 3)._id) await notes.remove([doc._id]);
        else if (!raced) {
          raced = true;
          const { changedAt: _changedAt, ...other } = (await notes.get(doc._id))!;
          await notes.replace({ ...other, version: version + 1, text: 'came first' }, version);
        }
        return notes.replace(doc, version, entries);
      },
    });
    const show = ({ _id, text }: Note) => (text === '2' ? { _id } : null);
    const personal = createPersonalData([partOf(racing, { leave: blank, show })]);
    expect(await all(personal, 'ada')).toEqual(['ada-1002']);
    await personal.erase('ada');
    await personal.erase('ada');
    expect((await notes.find({})).map(({ version, text }) => [version, text]).toSorted()).toEqual([
      [2, ''],
      [3, ''],
    ]);
  });

  test('has not gone where one write of many was refused, and whoever told of it tells it again', async () => {
    const { notes } = await openNotes();
    await notes.insertMany([noteOf('ada', 1), noteOf('ada', 2), noteOf('ada', 3)]);
    let refused = false;
    const busy = overriding(notes, {
      replace: async (doc, version, entries) => {
        if (refused) return notes.replace(doc, version, entries);
        refused = true;
        throw new StoreUnavailable('not now');
      },
    });
    const personal = createPersonalData([partOf(busy, { leave: blank })]);
    await expect(personal.erase('ada')).rejects.toThrow(StoreUnavailable);
    await personal.erase('ada');
    expect((await notes.find({})).map(({ text }) => text)).toEqual(['', '', '']);
  });

  test('goes from history too, which stays a chain, though the process dies before any of its writes', async () => {
    for (let writes = 0, done = false; !done; writes += 1) {
      const { notes, history } = await openNotes();
      const note = await notes.insert(noteOf('ada', 1));
      const entry = created(note._id);
      const lines = linesOf([entry], null, { aggregate: 'note', aggregateId: note._id, recordedAt: entry.at });
      await history.insertMany(lines);
      let left = writes;
      const mortal = <T extends Doc>(documents: Documents<T>): Documents<T> => {
        const live = (): void => {
          left -= 1;
          if (left < 0) throw new StoreUnavailable('this process is dead');
        };
        return overriding(documents, {
          remove: async (ids) => (live(), documents.remove(ids)),
          replace: async (doc, version) => (live(), documents.replace(doc, version)),
        });
      };
      const dying = createPersonalData([partOf(mortal(notes), withHistory(mortal(history)))]);
      done = await dying.erase('ada').then(
        () => true,
        () => false,
      );
      if (!done) await createPersonalData([partOf(notes, withHistory(history))]).erase('ada');
      const after = await history.find({});
      expect([await notes.count({}), after.map((line) => line.entry.change), verifyChain(after).ok]).toEqual([0, [null], true]);
      expect(writes).toBeLessThan(10);
    }
  });

  test('does not go before its history is written, which would bring it back, and then does', async () => {
    const { notes, history } = await openNotes();
    const { _id } = noteOf('ada', 1);
    const entry = created(_id);
    await notes.insert(noteOf('ada', 1), [entry]);
    const personal = createPersonalData([partOf(notes, withHistory(history))]);
    await expect(personal.erase('ada')).rejects.toThrow(NotRecorded);
    expect(await notes.get(_id)).not.toBeNull();
    await history.insertMany(linesOf([entry], null, { aggregate: 'note', aggregateId: _id, recordedAt: entry.at }));
    await personal.erase('ada');
    expect(await notes.get(_id)).toBeNull();
  });

  test('is told with its history, and of that what happened, not what guards it; other people keep theirs', async () => {
    const { notes, history } = await openNotes();
    const [hers, his] = [noteOf('ada', 1), noteOf('bob', 1)];
    await notes.insertMany([hers, his]);
    for (const { _id } of [hers, his]) {
      const entry = created(_id);
      await history.insertMany(linesOf([entry], null, { aggregate: 'note', aggregateId: _id, recordedAt: entry.at }));
    }
    const personal = createPersonalData([partOf(notes, withHistory(history))]);
    const told = await toldOf(personal, 'ada');
    const { salt: _salt, id: _entryId, type: _type, ...happened } = created(hers._id);
    expect(told).toEqual([
      { collection: 'notes', document: { ...hers, changedAt: expect.any(String) } },
      { collection: 'history', document: { ...happened, aggregate: 'note', aggregateId: hers._id } },
    ]);
    await personal.erase('ada');
    expect((await history.find({})).map(({ aggregateId, entry }) => [aggregateId, entry.change?.after])).toEqual([
      [hers._id, undefined],
      [his._id, { text: 'secret' }],
    ]);
  });
});

const running: TestService[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
const start = async (personal: Omit<PersonalData, 'collections'>): Promise<TestService> => {
  const system = await startTestService(async (deps) => {
    const { people } = await openPeople(deps);
    return createService({ name: 'records', deps, people, endpoints: [], personal: { collections: [], ...personal } });
  });
  running.push(system);
  return system;
};
const erasureOf = (userId: string) =>
  eventOf(UserErased, {
    subject: userId,
    version: 1,
    time: '2026-01-01T00:00:00.000Z',
    correlationid: 'c',
    actor: 'system',
    data: { userId },
  });

describe('A service', () => {
  test('erases when told, and again where it could not, before the event is done with', async () => {
    const asked: string[] = [];
    const erase = async (userId: string): Promise<void> => {
      asked.push(userId);
      if (asked.length < 3) throw new StoreUnavailable('not now');
    };
    const system = await start({ erase, of: async function* () {} });
    await system.publish(erasureOf('ada'));
    expect(asked).toEqual(['ada', 'ada', 'ada']);
  });

  test('tells a person that there is nothing by an empty answer, and hides the way from its description', async () => {
    const system = await start({ erase: async () => {}, of: async function* () {} });
    const { status, text } = await system.internal().get('/internal/personal-data/ada');
    expect([status, text]).toEqual([200, '']);
    expect((await system.internal().get('/internal/openapi.json')).text).not.toContain('personal-data');
    expect((await system.as(await system.user()).get('/internal/personal-data/ada')).status).toBe(401);
  });

  test('reads no further than the other side takes, and no more once it is gone', async () => {
    let ended = false;
    const of = async function* () {
      try {
        for (;;) yield { collection: 'notes', document: { text: 'x'.repeat(100_000) } };
      } finally {
        ended = true;
      }
    };
    const system = await start({ erase: async () => {}, of });
    const key = internalKeyOf(system.deps.internalKey);
    const token = signInternal({ from: 'auth', to: 'records', key, nowMs: system.deps.clock.now() });
    const asking = get(`${system.url}/internal/personal-data/ada`, { headers: { authorization: `Bearer ${token}` } });
    const [response] = await once(asking, 'response');
    await once(response, 'readable');
    response.on('error', () => undefined);
    asking.destroy();
    await system.until(() => ended);
  });
});
