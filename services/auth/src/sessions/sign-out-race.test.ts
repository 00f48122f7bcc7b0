import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { overridingCollection } from '@commonpurse/shared/testing';
import { sentTwice } from '../testing/sent-twice.ts';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
/** How many are to come before any of them may write an account. */
let awaited = 0;
const letWrite: (() => void)[] = [];

async function together(): Promise<void> {
  if (awaited === 0) return;
  const all = new Promise<void>((resolve) => letWrite.push(resolve));
  if (letWrite.length === awaited) {
    awaited = 0;
    for (const write of letWrite.splice(0)) write();
  }
  await all;
}

const writingTogether = (given: DocumentStore): DocumentStore =>
  overridingCollection(given, 'users', (documents) => ({
    replace: async (...change) => {
      await together();
      return documents.replace(...change);
    },
  }));

beforeAll(async () => {
  auth = await startAuth({ deps: (deps) => ({ ...deps, documents: writingTogether(deps.documents) }) });
});
afterAll(() => auth.stop());

test.each([{}, { allDevices: true }])('whoever signs out twice at the same moment is signed out, both times: %j', async (body) => {
  const ada = await auth.person(`ada-${Object.keys(body).length}@example.com`);
  awaited = 3;
  const answers = await Promise.all([1, 2, 3].map(() => auth.as(ada).post('/auth/logout', body)));
  expect(answers.map(({ status, text }) => [status, text])).toEqual([1, 2, 3].map(() => [204, '']));
  expect((await auth.as(ada).get('/users/profile')).status).toBe(401);
});

test('of two that end the same session at the same moment, one has ended it', async () => {
  const ada = await auth.person('two@example.com');
  await auth.login(ada.email);
  const { items } = (await auth.as(ada).get('/auth/sessions')).body;
  const { id } = items.find(({ current }: { current: boolean }) => !current);
  awaited = 2;
  const answers = await Promise.all([1, 2].map(() => auth.as(ada).delete(`/auth/sessions/${id}`)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
});

test('a session that two end at the same moment is over for neither before every service can know', async () => {
  const ada = await auth.person('both@example.com');
  const [other] = (await auth.login(ada.email)).body.refreshToken.split('.');
  const end = () => auth.as(ada).delete(`/auth/sessions/${other}`);
  expect(await sentTwice(auth, end)).toEqual({ second: 'raises the stamp, too', statuses: [204, 404] });
});
