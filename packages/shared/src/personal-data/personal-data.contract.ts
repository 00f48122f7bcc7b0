import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserErased } from '../contracts/index.ts';
import type { Doc, Documents, DocumentStore } from '../documents/documents.ts';
import { eventOf, type HistoryLine, verifyChain } from '../messaging/index.ts';
import type { ServiceDeps } from '../service/service.ts';
import { noted, type NotedStore, type TestService } from '../testing/index.ts';
import { sharedWithNobody, stillToCome } from './parts.ts';
import type { PersonalData, PersonalDocument } from './personal-data.ts';

export interface Somebody {
  readonly id: string;
  /** Words that stand in everything they have entered, and in nothing else. */
  readonly canaries: readonly string[];
}

/** A service that two people have used for all it can do. */
export interface Erasure {
  readonly system: TestService;
  readonly gone: Somebody;
  readonly stays: Somebody;
  personal(documents: DocumentStore): Promise<PersonalData>;
  /** What stays of who is gone. */
  readonly remains: readonly Remainder[];
}
export interface Remainder {
  readonly collection: string;
  /** The id, or one of the canaries. */
  readonly what: string;
  /** Of the only document that holds it. */
  readonly id?: string;
  readonly why: string;
}

export interface ErasureFacts {
  readonly service: string;
  readonly holdsNobody: Readonly<Record<string, string>>;
  /** Collections out of which everything passes by itself; any other one has to hold something of who goes. */
  readonly passing?: readonly string[];
  /** Starts the service with these dependencies, and lets both use it. */
  start(deps: (deps: ServiceDeps) => ServiceDeps): Promise<Erasure>;
}

/** Called once by each service's test: what it keeps of a person is told whole, and goes whole. */
export function describePersonalData({ service, holdsNobody, passing = [], start }: ErasureFacts): void {
  describe(`What ${service} keeps of a person`, () => {
    let of: Erasure;
    let stored: NotedStore;
    let personal: PersonalData;
    beforeAll(async () => {
      of = await start((deps) => {
        stored = noted(deps.documents);
        return { ...deps, documents: stored.store };
      });
      personal = await of.personal(of.system.deps.documents);
      await of.system.until(async () => (await dump(stored.opened)).every(({ doc }) => (doc.outbox ?? []).length === 0));
    });
    afterAll(() => of.system.stop());
    const told = async (userId: string): Promise<string> => {
      const { status, headers, text } = await of.system.internal().get(`/internal/personal-data/${userId}`);
      expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
      return text;
    };

    test('is sought in every collection, or there is a reason why not', () => {
      const excused = [holdsNobody, sharedWithNobody, stillToCome].flatMap((each) => Object.keys(each));
      expect([...personal.collections, ...excused].toSorted()).toEqual([...stored.opened.keys()].toSorted());
    });

    test('is told whole to other services, a document a line, and nothing of anybody else', async () => {
      const text = await told(of.gone.id);
      const documents = linesOf(text);
      expect(of.gone.canaries.filter((canary) => !text.includes(canary))).toEqual([]);
      expect([of.stays.id, ...of.stays.canaries].filter((word) => text.includes(word))).toEqual([]);
      const collections = new Set([...documents.map(({ collection }) => collection), ...passing]);
      expect([...collections].toSorted()).toEqual(personal.collections);
      expect((await of.system.request('GET', `/internal/personal-data/${of.gone.id}`)).status).toBe(401);
    });

    test('goes, whoever tells it twice, and nothing of anybody else does', async () => {
      const before = theirs(await dump(stored.opened), of.stays);
      const toldBefore = await told(of.stays.id);
      expect(before.length).toBeGreaterThan(0);
      const { id } = of.gone;
      const facts = { subject: id, version: 1_000, time: '2026-01-01T00:00:00.000Z', correlationid: 'erasure', actor: 'system' };
      const event = eventOf(UserErased, { ...facts, data: { userId: id } });
      await Promise.all([of.system.publish(event), of.system.publish(event)]);
      await of.system.publish(event);
      const after = await dump(stored.opened);
      expect(after.filter(({ collection }) => collection === 'parked')).toEqual([]);
      expect(leftOf(of, after)).toEqual(of.remains.map(({ collection, what }) => `${collection}: ${what}`).toSorted());
      expect(theirs(after, of.stays)).toEqual(before);
      expect(await told(of.stays.id)).toBe(toldBefore);
      expect([brokenChains(after), saltedLines(after)]).toEqual([[], []]);
    });
  });
}

interface Stored {
  readonly collection: string;
  readonly doc: Doc;
}

async function dump(opened: ReadonlyMap<string, Documents<Doc>>): Promise<Stored[]> {
  const read = [...opened].map(async ([collection, documents]) => (await documents.find({})).map((doc) => ({ collection, doc })));
  return (await Promise.all(read)).flat();
}

const theirs = (all: readonly Stored[], { id, canaries }: Somebody): Stored[] => all.filter(({ doc }) => holds(doc, [id, ...canaries]));
const holds = (doc: Doc, words: readonly string[]): boolean => words.some((word) => JSON.stringify(doc).includes(word));

/** By collection where it is named there, otherwise by document. */
function leftOf({ gone: { id, canaries }, remains }: Erasure, all: readonly Stored[]): string[] {
  const found = all.flatMap(({ collection, doc }) =>
    [id, ...canaries]
      .filter((word) => holds(doc, [word]))
      .map((what) => {
        const named = remains.some((each) => each.collection === collection && each.what === what && (each.id ?? doc._id) === doc._id);
        return `${named ? collection : `${collection} ${doc._id}`}: ${what}`;
      }),
  );
  return [...new Set(found)].toSorted();
}

/** Lines of what is gone that still have something to hide. */
function saltedLines(all: readonly Stored[]): string[] {
  const there = new Set(all.map(({ doc }) => doc._id));
  return historyOf(all)
    .filter(({ aggregateId, entry }) => !there.has(aggregateId) && entry.salt !== '')
    .map(({ _id }) => _id);
}

const historyOf = (all: readonly Stored[]): HistoryLine[] =>
  all.filter(({ collection }) => collection === 'history').map(({ doc }) => doc as HistoryLine);

function brokenChains(all: readonly Stored[]): string[] {
  const chains = Map.groupBy(historyOf(all), ({ aggregateId }) => aggregateId);
  return [...chains].filter(([, chain]) => !verifyChain(chain).ok).map(([aggregateId]) => aggregateId);
}

const linesOf = (text: string): PersonalDocument[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PersonalDocument);
