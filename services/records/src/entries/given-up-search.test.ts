import { request } from 'node:http';
import { afterEach, test } from '@jest/globals';
import type { Documents, DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, overridingCollection, startTestService, type TestService } from '@commonpurse/shared/testing';
import { RecordsConfig } from '../config.ts';
import { createRecordsService } from '../service.ts';
import { newRecord, type RecordDoc } from './record.ts';

let system: TestService | undefined;
afterEach(() => system?.stop());

const words = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ');

/** Records with so many expenses of Ada's that each have these words; tells when a search has begun. */
async function openRecords(count: number): Promise<{ url: string; token: string; searching: Promise<void> }> {
  const searching = Promise.withResolvers<void>();
  let records: Documents<RecordDoc>;
  const noted = (documents: DocumentStore): DocumentStore =>
    overridingCollection<RecordDoc>(documents, 'records', (real) => {
      records = real;
      return { find: (filter, options) => (searching.resolve(), real.find(filter, options)) };
    });
  system = await startTestService((deps) => createRecordsService({ ...deps, config: RecordsConfig.parse({}) }), {
    clock: fakeClock(),
    logLevel: 'info',
    deps: (deps) => ({ ...deps, documents: noted(deps.documents) }),
  });
  const ada = await system.user();
  const content = { type: 'expense', amountMinor: 100, currency: 'EUR', date: '2026-03-01', category: 'Food', source: null } as const;
  const facts = { ownerId: ada.id, createdBy: ada.id, at: '2026-03-01T00:00:00.000Z', base: null };
  const drafts = Array.from({ length: count }, (_, at) =>
    newRecord({ ...content, description: words, tags: [], customFields: {} }, { id: `record-${at}`, ...facts }),
  );
  await records!.insertMany(drafts);
  return { url: system.url, token: ada.token, searching: searching.promise };
}

test('A search ends when the one who asked for it has gone', async () => {
  const { url, token, searching } = await openRecords(5_000);
  const sent = request(`${url}/records?q=${encodeURIComponent(`${words} nowhere`)}`, { headers: { authorization: `Bearer ${token}` } });
  const failed = new Promise((resolve) => sent.once('error', resolve));
  sent.end();
  await searching;
  sent.destroy();
  await failed;
  await system!.until(() => system!.logs.some(({ status, route }) => status === 499 && route === '/records'));
});
