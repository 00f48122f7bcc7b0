import { expect, test } from '@jest/globals';
import type { PersonDoc } from '@commonpurse/shared/access';
import { describePersonalData } from '@commonpurse/shared/personal-data/contract';
import { fakeClock, overriding, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { RecordsConfig } from './config.ts';
import { uploadFile } from './imports/testing/multipart.ts';
import { queueImport, statementOf } from './imports/testing/queue-import.ts';
import { newRecord } from './entries/record.ts';
import { holdsNobody, recordsPersonalData } from './personal-data.ts';
import { createRecordsService } from './service.ts';
import { openRecordsStore } from './store.ts';
import { openRig } from './testing/rig.ts';

const lunch = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-03-10', category: 'Food', description: 'Lunch' };

/** Enters with a key, changes, deletes and brings back, imports, tries an import out. Under one lies a piece of file that a crash has left.
 *  @param others pieces that others have left */
async function use(system: TestService, user: TestUser, word: string, others = 0): Promise<void> {
  const client = system.as(user);
  const headers = { 'idempotency-key': `${word}-key-0123456789` };
  const facts = { tags: [`${word}-tag`], category: `${word}-category` };
  const { body } = await client.post('/records', { ...lunch, ...facts, description: `${word}-first` }, { headers });
  await client.patch(`/records/${body.id}`, { description: `${word}-changed` });
  const dropped = await client.post('/records', { ...lunch, description: `${word}-dropped` });
  await client.delete(`/records/${dropped.body.id}`);
  const statement = `Date,Amount,Category,Description\n2026-03-03,-3.20,Food,${word}-row\n2027-03-04,-1.00,Food,${word}-bad\n`;
  for (const dryRun of [false, true]) {
    const { body: job } = await uploadFile(client, statement, { dryRun });
    await system.until(async () => (await client.get(`/records/imports/${job.id}`)).body.status === 'done');
  }
  const { imports, importChunks } = await openRecordsStore(system.deps.documents);
  await system.until(async () => (await importChunks.count({})) === others);
  const [job] = await imports.find({ ownerId: user.id }, { limit: 1 });
  const data = Buffer.from(statement).toString('base64');
  await importChunks.insert({ _id: `${job!.file.uploadId}:000000`, version: 1, data });
}

describePersonalData({
  service: 'records',
  holdsNobody,
  start: async (deps) => {
    const create: Parameters<typeof startTestService>[0] = (given) => createRecordsService({ ...given, config: RecordsConfig.parse({}) });
    const clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
    const system = await startTestService(create, { clock, deps });
    const people = ['ada', 'bob', 'cleo'].map((name) => system.user({ displayName: `canary-${name}-name`, baseCurrency: 'EUR' }));
    const [ada, bob, cleo] = (await Promise.all(people)) as [TestUser, TestUser, TestUser];
    await use(system, ada, 'canary-ada');
    await use(system, bob, 'canary-bob', 1);
    await system.auth.grant(cleo, ada, { access: 'edit' });
    await system.as(ada).post(`/records?owner=${cleo.id}`, lunch);
    const words = ['name', 'first', 'changed', 'dropped', 'row', 'tag', 'category'];
    return {
      system,
      gone: { id: ada.id, canaries: words.map((word) => `canary-ada-${word}`) },
      stays: { id: bob.id, canaries: words.map((word) => `canary-bob-${word}`) },
      personal: async (documents) =>
        recordsPersonalData(await openRecordsStore(documents), await documents.collection<PersonDoc>({ name: 'people', indexes: [] })),
      remains: [
        { collection: 'history', what: ada.id, why: 'the chain says by whom, and no more' },
        { collection: 'people', what: ada.id, why: 'with whom others share; auth tells of them anew once the share is gone' },
        { collection: 'records', what: ada.id, why: 'what was entered for somebody else says who entered it' },
      ],
    };
  },
});

test('By the time that records are erased no import is left that could bring any back', async () => {
  const rig = await openRig();
  const { records, imports } = rig.store;
  await queueImport(rig, 'import', statementOf(3));
  const content = { type: 'expense', amountMinor: 1250, currency: 'EUR', date: '2026-03-10', description: 'Lunch' } as const;
  const rest = { category: 'Food', source: null, tags: [], customFields: {} };
  const origin = { id: 'row', ownerId: 'ada', createdBy: 'ada', at: '2026-03-10T12:00:00.000Z', base: null, importId: 'import' };
  await records.insertMany([newRecord({ ...content, ...rest }, origin)]);
  const importsLeft: number[] = [];
  const watched = overriding(records, {
    remove: async (ids) => {
      importsLeft.push(await imports.count({ ownerId: 'ada' }));
      await records.remove(ids);
    },
  });
  const people = await rig.documents.collection<PersonDoc>({ name: 'people', indexes: [] });
  await recordsPersonalData({ ...rig.store, records: watched }, people).erase('ada');
  expect([importsLeft, await records.count({})]).toEqual([[0], 0]);
});
