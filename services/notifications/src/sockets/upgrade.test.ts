import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestUser } from '@commonpurse/shared/testing';
import { UpgradeRefused } from '../testing/socket-client.ts';
import { startNotifications, type NotificationsOptions, type TestNotifications } from '../testing/start-notifications.ts';

/** Why an upgrade was refused. */
async function refusal(opening: Promise<unknown>): Promise<UpgradeRefused> {
  const error = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UpgradeRefused)) throw new Error(`not refused: ${String(error)}`);
  expect(error.headers['content-type']).toBe('application/problem+json');
  expect(error.problem['requestId']).toBe(error.headers['x-request-id']);
  return error;
}

describe('an upgrade', () => {
  let system: TestNotifications;
  let ada: TestUser;
  const start = async (options?: NotificationsOptions): Promise<void> => {
    system = await startNotifications(options);
    ada = await system.user();
  };
  beforeEach(() => start());
  afterEach(() => system.stop());

  test('without a subprotocol is accepted, with ours it is spoken, with others only it is refused', async () => {
    expect((await system.connect(ada)).ws.protocol).toBe('');
    expect((await system.connect(ada, { protocols: ['other', 'commonpurse.v1'] })).ws.protocol).toBe('commonpurse.v1');
    expect((await refusal(system.connect(ada, { protocols: ['other'] }))).status).toBe(400);
  });

  test('takes a ticket once', async () => {
    const ticket = await system.ticketFor(ada);
    const socket = await system.connect(null, { ticket });
    expect((await socket.next('hello')).data.userId).toBe(ada.id);
    expect((await refusal(system.connect(null, { ticket }))).status).toBe(401);
  });

  test('takes a ticket once of many who come with it at the same moment', async () => {
    const ticket = await system.ticketFor(ada);
    const { cache } = system;
    const get = cache.get.bind(cache);
    const { promise: allHaveLooked, resolve } = Promise.withResolvers<void>();
    let looked = 0;
    cache.get = async (key) => {
      const value = await get(key);
      if (!key.startsWith('ticket:')) return value;
      if ((looked += 1) === 10) resolve();
      await allHaveLooked;
      return value;
    };
    const come = await Promise.allSettled(Array.from({ length: 10 }, () => system.connect(null, { ticket })));
    expect(come.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('refuses who brings no credentials, bad ones, or two kinds', async () => {
    const ticket = await system.ticketFor(ada);
    const none = await refusal(system.connect(null));
    expect([none.status, none.problem.code, none.headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer']);
    const others = [
      { token: 'not.a.token' },
      { token: `${ada.token}x` },
      { ticket: 'unknown' },
      { ticket: 'x'.repeat(1000) },
      { ticket, token: ada.token },
      { ticket, query: 'ticket=other' },
    ];
    for (const given of others) {
      if ('query' in given) expect((await refusal(system.connect(null, { query: `ticket=other&ticket=${ticket}` }))).status).toBe(401);
      else expect((await refusal(system.connect(null, given))).status).toBe(401);
    }
    await system.connect(null, { ticket });
  });

  test('refuses a key that lives for what it is, and a dead one for being dead', async () => {
    const token = system.auth.tokenFor(ada, { scopes: ['notifications:read'] });
    const living = await refusal(system.connect(null, { token }));
    expect([living.status, living.problem.code]).toEqual([403, 'insufficient-scope']);
    await system.auth.change(ada.id, { keys: [] });
    expect((await refusal(system.connect(null, { token }))).status).toBe(401);
  });

  test('refuses a session that is over, by token and by ticket', async () => {
    const ticket = await system.ticketFor(ada);
    await system.revokeSession(ada);
    expect((await refusal(system.connect(ada))).status).toBe(401);
    expect((await refusal(system.connect(null, { ticket }))).status).toBe(401);
  });

  test('refuses pages of other origins, and does not spend their ticket', async () => {
    const ticket = await system.ticketFor(ada);
    const evil = await refusal(system.connect(null, { ticket, origin: 'https://evil.example' }));
    expect([evil.status, evil.problem.code]).toEqual([403, 'origin-not-allowed']);
    expect((await refusal(system.connect(ada, { origin: 'null' }))).status).toBe(403);
    await system.connect(null, { ticket, origin: system.url });
  });

  test('says first that nobody is known by this, then what is wrong with the page or the request', async () => {
    const origin = 'https://evil.example';
    for (const nobody of [{}, { ticket: 'unknown' }, { token: 'not.a.token' }])
      for (const fault of [{ origin }, { since: 'x' }, { protocols: ['other'] }])
        expect((await refusal(system.connect(null, { ...nobody, ...fault }))).status).toBe(401);
    expect((await refusal(system.connect(ada, { origin, since: 'x' }))).status).toBe(403);

    const ticket = await system.ticketFor(ada);
    expect((await refusal(system.connect(null, { ticket, since: 'x' }))).status).toBe(400);
    await system.connect(null, { ticket });
  });

  test('of two with one ticket at the same moment opens one', async () => {
    const ticket = await system.ticketFor(ada);
    const outcomes = await Promise.allSettled([system.connect(null, { ticket }), system.connect(null, { ticket })]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('lets in the pages that the operator names', async () => {
    await system.stop();
    await start({ env: { ALLOWED_ORIGINS: 'https://app.example', PUBLIC_URL: 'https://money.example/base' } });
    await system.connect(ada, { origin: 'https://app.example' });
    await system.connect(ada, { origin: 'https://money.example' });
    expect((await refusal(system.connect(ada, { origin: system.url }))).status).toBe(403);
  });

  test('refuses a since that is no number, and what it does not know', async () => {
    const faults = [
      ['since=x', '/since', 'invalid-since'],
      ['since=-1', '/since', 'invalid-since'],
      ['since=1&since=2', '/since', 'repeated-parameter'],
      ['topic=all', '/topic', 'unknown-parameter'],
    ] as const;
    for (const [query, path, code] of faults) {
      const refused = await refusal(system.connect(ada, { query }));
      expect([refused.status, refused.problem.code]).toEqual([400, 'validation-failed']);
      expect(refused.problem).toMatchObject({ errors: [{ path, code }] });
    }
  });

  test('elsewhere than /ws, or to something else, is refused', async () => {
    const answer = await system.as(ada).get('/ws');
    expect([answer.status, answer.body.code, answer.headers['upgrade']]).toEqual([426, 'upgrade-required', 'websocket']);
    const upgrade = { connection: 'upgrade', upgrade: 'h2c' };
    expect((await system.as(ada).get('/ws', { headers: upgrade })).status).toBe(426);
    expect((await system.as(ada).get('/elsewhere', { headers: { ...upgrade, upgrade: 'websocket' } })).status).toBe(404);
  });

  test.each([
    ['without a key', {}],
    ['of another version', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '7' }],
  ])('%s is told so like anything else that is not valid, and which versions are spoken', async (_what, handshake) => {
    const headers = { connection: 'upgrade', upgrade: 'websocket', ...handshake };
    const answer = await system.as(ada).get('/ws', { headers });
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(answer.body).toMatchObject({ code: 'validation-failed', errors: [{ path: '', code: 'handshake-invalid' }] });
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
    expect(answer.headers['sec-websocket-version']).toBe('13, 8');
  });

  test('gives its place back when the handshake is no good', async () => {
    await system.stop();
    await start({ limits: { perUserMax: 1 } });
    const broken = { connection: 'upgrade', upgrade: 'websocket' };
    expect((await system.as(ada).get('/ws', { headers: broken })).status).toBe(400);
    const socket = await system.until(() => system.connect(ada));
    const refused = await refusal(system.connect(ada));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
    await socket.close();
    await system.until(() => system.connect(ada));
  });

  test('is refused where live notifications are switched off; the inbox works', async () => {
    await system.stop();
    await start({ env: { REAL_TIME_NOTIFICATIONS: 'false' } });
    const refused = await refusal(system.connect(ada));
    expect([refused.status, refused.problem.code]).toEqual([403, 'feature-disabled']);
    await system.crossThreshold(ada);
    expect((await system.as(ada).get('/notifications')).body.items).toHaveLength(1);
  });

  test('is answered 503 once the instance has said goodbye', async () => {
    await system.service.sayGoodbye();
    expect((await refusal(system.connect(ada))).status).toBe(503);
  });

  test('is answered 503 while nobody can say who that is', async () => {
    system.auth.available = false;
    expect((await refusal(system.connect(ada))).status).toBe(503);
  });
});
