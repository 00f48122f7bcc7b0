import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../e2e/support/eventually.ts';
import { expense, plan, statement } from '../e2e/support/household.ts';
import { cleanUp, launch, type RunningSystem, temporaryFolder } from '../e2e/support/launch.ts';
import { goLive, type Live } from '../e2e/support/live.ts';
import { type Person, signUp } from '../e2e/support/person.ts';
import { importFile } from '../e2e/support/upload.ts';
import { type Canaries, createCanaries, filesBelow } from './support/canaries.ts';
import { behind, type Doors, doorsOf } from './support/doors.ts';
import { exchange } from './support/exchange.ts';
import { keyOf, openApiAt } from './support/open-api.ts';
import { exampleOf } from './support/requests.ts';
import { eventsOf } from './support/services.ts';
import { liveThroughEverything, type Secretive } from './support/secretive.ts';

/** Ann's words, and her secrets. */
let words: Canaries;
let secrets: Canaries;
let system: RunningSystem;
let doors: Doors;
let ann: Secretive;
let bob: Person;
let cleo: Person;
/** What Bob and Cleo were told live. */
let bobLive: Live;
let cleoLive: Live;
/** Ids of what Ann has, by the first part of its path. */
const annHas: Record<string, string> = {};

/** Everything about it is a word of its own. */
const spoken = (name: string) => ({
  ...expense,
  category: words.of(`${name} category`),
  description: `Lunch ${words.of(`${name} description`)}`,
  tags: [words.of(`${name} tag`)],
});
async function created(owner: Person, path: string, body: unknown): Promise<string> {
  const { status, body: made, text } = await owner.post(path, body);
  if (status !== 201) throw new Error(text);
  return made.id;
}

beforeAll(async () => {
  const dataDir = await temporaryFolder();
  system = await launch({ dataDir, env: { LOG_LEVEL: 'trace', LOG_DIR: join(dataDir, 'logs') } });
  doors = await doorsOf(system);
  [words, secrets] = [createCanaries(), createCanaries()];
  ann = await liveThroughEverything(system, doors, words, secrets);
  [bob, cleo] = [await signUp(system, 'bob@elsewhere.example'), await signUp(system, 'cleo@elsewhere.example')];
  [bobLive, cleoLive] = [await goLive(system.url, bob.tokens.accessToken), await goLive(system.url, cleo.tokens.accessToken)];
  const shared = { granteeEmail: cleo.email, access: 'edit', scope: { kind: 'records', categories: ['Shared'] } };
  annHas['users'] = await created(ann, '/users/share-permission', shared);
  annHas['records'] = await created(ann, '/records', spoken('record'));
  const { category: _, ...income } = spoken('income');
  await created(ann, '/records', { ...income, type: 'income', source: words.of('income source') });
  const budget = { ...plan, name: words.of('budget name'), categories: [{ category: words.of('record category') }] };
  annHas['budgets'] = await created(ann, '/budgets', budget);
  const changed = await ann.call('PATCH', `/records/${annHas['records']}`, { body: { description: words.of('changed description') } });
  expect(changed.status).toBe(200);
  const deleted = await created(ann, '/records', spoken('deleted record'));
  expect((await ann.call('DELETE', `/records/${deleted}`)).status).toBe(204);
  const file = `${statement}2024-03-04,${words.of('cell')},-3.20,EUR\n2024-03-99,${words.of('bad cell')},-9.00,EUR\n`;
  annHas['imports'] = (await importFile(ann, Buffer.from(file), { defaults: { category: words.of('import category') } })).id;
  annHas['notifications'] = await eventually(
    async () => (await ann.get('/notifications')).body.items[0]?.id as string,
    (id) => id !== undefined,
  );
});
afterAll(cleanUp);

/** Waits until all that was said before has been told live: the last word to each. */
async function untilAllIsTold(): Promise<void> {
  const own = await created(bob, '/records', expense);
  const forCleo = await created(ann, '/records', { ...expense, category: 'Shared', description: 'Everybody may know' });
  await bobLive.frame(({ data }) => data.id === own);
  await cleoLive.frame(({ data }) => data.id === forCleo);
}

const partings = ['POST /auth/logout', 'POST /auth/change-password', 'DELETE /users/share-permission/{id}'];
/** Every documented call with everything of Ann's that it can be asked for, at every door; all that came back. */
async function everythingHeardBy(token: string | undefined): Promise<string[]> {
  const { operations } = await openApiAt(system.url);
  const heard: string[] = [];
  const ask = async (method: string, path: string, sent: Parameters<typeof exchange>[3] = {}): Promise<void> => {
    for (const { url } of doors.to(path)) heard.push((await exchange(url, method, path, { token, ...sent })).bytes);
  };
  for (const operation of operations) {
    // whoever leaves can not go on asking
    if (partings.includes(keyOf(operation))) continue;
    for (const id of [...Object.values(annHas), ann.id]) {
      await ask(operation.method, operation.path.replaceAll(/\{\w+\}/g, id), exampleOf(operation));
      if (!operation.path.includes('{')) break;
    }
  }
  for (const list of [
    '/records',
    '/budgets',
    '/notifications',
    '/records/imports',
    '/users/shared-with-me',
    '/users/shared-by-me',
    '/categories',
  ])
    for (const query of [
      '',
      '?limit=1',
      '?count=true',
      '?owner=all',
      `?owner=${ann.id}`,
      `?owner=${ann.id}&count=true&limit=1`,
      '?sort=-createdAt',
    ])
      await ask('GET', list + query);
  for (const word of ['canary', 'Lunch', 'c', words.of('record category')])
    for (const query of [
      `q=${word}`,
      `category=${word}`,
      `tag=${word}`,
      `filters=${encodeURIComponent(JSON.stringify({ description: { contains: word } }))}`,
    ])
      await ask('GET', `/records?owner=all&${query}`);
  return heard;
}
/** What a person sees who asked for it by name. */
const told = (texts: readonly string[]): string[] => [...new Set(texts.flatMap((text) => words.in(text)))].toSorted();

describe('what one person has said', () => {
  test('is in what they hear themselves, or this test would find nothing', async () => {
    const lists = [
      '/records?limit=200',
      '/budgets',
      '/categories',
      '/notifications',
      '/records/imports',
      '/auth/sessions',
      '/auth/api-keys',
    ];
    const single = ['/users/profile', `/records/${annHas['records']}/history`, `/records/imports/${annHas['imports']}`];
    const heard = await Promise.all([...lists, ...single].map(async (path) => (await ann.get(path)).text));
    const unheard = ['deleted record category', 'deleted record description', 'deleted record tag', 'bad cell', 'wrong name'];
    const all = words.in([...heard, ...ann.said].join(' '));
    expect(all.filter((name) => !unheard.includes(name)).length).toBeGreaterThan(12);
  });

  test('is not told to a stranger or a passer-by, in any answer', async () => {
    // a word that was asked for by name may stand in the question, never in the answer
    for (const token of [bob.tokens.accessToken, undefined]) expect(told(await everythingHeardBy(token))).toEqual([]);
  });

  test('is not told to whom something else was shared', async () => {
    const heard = await everythingHeardBy(cleo.tokens.accessToken);
    // who shares is known to whom
    expect(told(heard).filter((name) => name !== 'display name')).toEqual([]);
    expect(heard.join(' ')).toContain(annHas['users']);
  });

  test('is in no frame but their own', async () => {
    await untilAllIsTold();
    expect(words.in(JSON.stringify(bobLive.frames))).toEqual([]);
    expect(words.in(JSON.stringify(cleoLive.frames)).filter((name) => name !== 'display name')).toEqual([]);
    const annLive = await goLive(system.url, ann.tokens.accessToken, 0);
    await annLive.frame((frame) => words.in(JSON.stringify(frame)).length > 0);
  });

  test('is in no log', async () => {
    expect(await logged(words)).toEqual([]);
  });
});

describe('a secret', () => {
  test('is in the answer that hands it out, or this test would find nothing', () => {
    const handed = secrets.in(ann.said.join(' '));
    for (const name of ['first access token', 'first refresh token', 'seed', 'recovery code 0', 'challenge', 'API key', 'ticket'])
      expect(handed).toContain(name);
  });

  test('is in no answer but the one that hands it out', async () => {
    const paths = ['/users/profile', '/auth/sessions', '/auth/api-keys', '/records', '/notifications', '/users/shared-by-me'];
    for (const path of paths)
      for (const { url } of doors.to(path))
        expect(secrets.in((await exchange(url, 'GET', path, { token: ann.tokens.accessToken })).bytes)).toEqual([]);
  });

  test('is in no log, whatever went wrong with it', async () => {
    expect(await logged(secrets)).toEqual([]);
  });

  test('is in no event', async () => {
    for (const service of behind) {
      const events = await eventsOf(doors, service);
      if (service !== 'notifications') expect(events.length).toBeGreaterThan(0);
      expect([service, secrets.in(JSON.stringify(events))]).toEqual([service, []]);
    }
  });

  test('is kept in no file as it is', async () => {
    const files = await filesBelow(system.dataDir, ['mail', 'keys']);
    expect(files.length).toBeGreaterThan(0);
    for (const { path, text } of files) expect([path, secrets.in(text)]).toEqual([path, []]);
  });
});

/** The lines of every log that hold one of these; the logs are known to have come as far as this moment. */
async function logged(canaries: Canaries): Promise<string[]> {
  const marker = `seen-${Date.now()}`;
  await exchange(doors.service.records, 'GET', '/records', { token: ann.tokens.accessToken, headers: { 'x-request-id': marker } });
  const files = await eventually(
    () => filesBelow(join(system.dataDir, 'logs')),
    (found) => found.some(({ text }) => text.includes(marker)),
  );
  return files.flatMap(({ text }) => text.split('\n').filter((line) => canaries.in(line).length > 0));
}
