import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { overridingCollection, startTestService, type TestClient, type TestService } from '@commonpurse/shared/testing';
import { RecordsConfig } from '../config.ts';
import { createRecordsService } from '../service.ts';
import { filePart, upload } from './testing/multipart.ts';

const config = RecordsConfig.parse({ MAX_UPLOAD_BYTES: '2048' });
let system: TestService;
let client: TestClient;
/** Opens once files may be read. */
let gate: PromiseWithResolvers<void>;

const held = (given: DocumentStore): DocumentStore =>
  overridingCollection(given, 'import-chunks', (documents) => ({
    get: async (id) => {
      await gate.promise;
      return documents.get(id);
    },
  }));

beforeEach(async () => {
  gate = Promise.withResolvers();
  system = await startTestService((deps) => createRecordsService({ ...deps, documents: held(deps.documents), config }));
  client = system.as(await system.user());
});
afterEach(() => {
  gate.resolve();
  return system.stop();
});

/** As large as one may be. */
const large = `Date,Amount,Text\n2026-03-01,-1.50,`.padEnd(2047, 'x') + '\n';
const send = (by = client, content = large, headers = {}) => upload(by, [filePart(content)], headers);
async function fill(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) ids.push((await send(client, large, { 'idempotency-key': `k${n}` })).body.id);
  return ids;
}

describe('Files that wait', () => {
  test('are no more than the disk has room for, of each user', async () => {
    await fill();
    expect(await send()).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await send(system.as(await system.user()))).status).toBe(202);
  });

  test('are told again for their keys, and what can not be read is said behind that there is no room', async () => {
    const ids = await fill();
    expect(await send(client, large, { 'idempotency-key': 'k3' })).toMatchObject({ status: 202, body: { id: ids[3] } });
    expect(await send(client, '\0\0\0')).toMatchObject({ status: 409 });
    expect((await upload(client, [filePart(large), { name: 'options', content: '{"delimiter":7}' }])).status).toBe(400);
  });

  test('make room once they are done, and a refused one leaves nothing', async () => {
    const ids = await fill();
    expect((await send()).status).toBe(409);
    gate.resolve();
    for (const id of ids) await system.until(async () => (await client.get(`/records/imports/${id}`)).body.status === 'done' || undefined);
    expect((await send()).status).toBe(202);
    expect((await client.get('/records/imports?count=true')).body.total).toBe(9);
  });
});
