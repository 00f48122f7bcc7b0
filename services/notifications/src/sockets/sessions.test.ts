import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeClock, type FakeClock, type TestUser } from '@commonpurse/shared/testing';
import { passing as passingTime } from '../testing/passing-time.ts';
import type { TestSocket } from '../testing/socket-client.ts';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

describe('a socket and its session', () => {
  let clock: FakeClock;
  let system: TestNotifications;
  let ada: TestUser;
  /** Time runs fast here: a sign of life would be too late before it has come through the network. */
  const neverMs = 24 * 3_600_000;
  const start = async (heartbeatMs: number): Promise<void> => {
    clock = fakeClock();
    system = await startNotifications({ clock, limits: { heartbeatMs } });
    ada = await system.user();
  };
  beforeEach(() => start(neverMs));
  afterEach(() => system.stop());
  /** No more time than that: it stands while anybody is at work. */
  const aSecond = async (): Promise<void> => {
    for (let passedMs = 0; passedMs < 1_000; passedMs += 100) {
      await system.atRest();
      clock.advance(100);
    }
  };
  const passing = <T>(happening: Promise<T>): Promise<T> => passingTime(clock, happening);

  test('ends at once when the session is revoked, and other sessions go on', async () => {
    const other = await system.user();
    const [socket, bystander] = await Promise.all([system.connect(ada), system.connect(other)]);
    await system.revokeSession(ada);
    expect((await socket.closed).code).toBe(4401);
    expect(socket.frames.at(-1)).toMatchObject({ type: 'session.revoked', data: {} });
    expect(bystander.ws.readyState).toBe(bystander.ws.OPEN);
  });

  test('ends within a second when nobody tells, by the stamp', async () => {
    const socket = await system.connect(null, { ticket: await system.ticketFor(ada) });
    await system.auth.revokeSession(ada);
    await aSecond();
    expect((await socket.closed).code).toBe(4401);
    expect(socket.frames.at(-1)!.type).toBe('session.revoked');
  });

  test('ends within a second when the cache has forgotten everything, by asking auth', async () => {
    const socket = await system.connect(ada);
    system.cache.forgetAll();
    await system.auth.revokeSession(ada);
    await aSecond();
    expect((await socket.closed).code).toBe(4401);
  });

  test('ends when the person is disabled or gone', async () => {
    const socket = await system.connect(ada);
    await system.auth.change(ada.id, { status: 'disabled' });
    expect((await passing(socket.closed)).code).toBe(4401);
  });

  test('ends with its token, while one that a ticket opened lives as long as the session', async () => {
    const openedAt = clock.now();
    const brief = await system.user({ sessions: [{ id: 'brief', until: new Date(openedAt + 120_000).toISOString() }] });
    const byToken = await system.connect(null, { token: system.auth.tokenFor(brief, { lifetimeSeconds: 60 }) });
    const byTicket = await system.connect(null, { ticket: await system.ticketFor(brief) });
    const toldAfterMs = async (socket: TestSocket): Promise<number> => {
      expect((await passing(socket.closed)).code).toBe(4401);
      return Date.parse(socket.frames.at(-1)!.at) - openedAt;
    };
    const byTokenMs = await toldAfterMs(byToken);
    expect(byTokenMs).toBeGreaterThanOrEqual(60_000);
    expect(byTokenMs).toBeLessThanOrEqual(61_000);
    expect(byTicket.ws.readyState).toBe(byTicket.ws.OPEN);
    const byTicketMs = await toldAfterMs(byTicket);
    expect(byTicketMs).toBeGreaterThanOrEqual(120_000);
    expect(byTicketMs).toBeLessThanOrEqual(121_000);
  });

  test('an old event about the person does not end a newer session', async () => {
    const old = await system.auth.change(ada.id, { sessions: [] });
    await system.auth.change(ada.id, { sessions: [{ id: ada.sessionId, until: '2030-01-01T00:00:00.000Z' }] });
    const socket = await system.connect(ada);
    await system.publish(old);
    await system.changeRecord(ada);
    await socket.next('record.created');
  });

  test('stays open a while when nobody can say whether it lives, then asks to come back', async () => {
    const socket = await system.connect(ada);
    system.cache.forgetAll();
    system.auth.available = false;
    const since = clock.now();
    expect((await passing(socket.closed)).code).toBe(1013);
    expect(clock.now() - since).toBeGreaterThanOrEqual(9_000);
  });

  test('a peer that gives no sign of life is cut off; one that answers stays', async () => {
    await system.stop();
    await start(30_000);
    const served: Socket[] = [];
    system.service.server.on('connection', (connection: Socket) => void served.push(connection));
    const alive = await system.connect(ada);
    const dead = await system.connect(ada, { ws: { autoPong: false } });
    let asked = 0;
    alive.ws.on('ping', () => void (asked += 1));
    const { _socket: connection } = alive.ws as unknown as { readonly _socket: Socket };
    /** Asks for a sign of life, and goes on when the one that is given was heard. */
    const heartbeat = async (): Promise<void> => {
      const ping = once(alive.ws, 'ping');
      await system.atRest();
      clock.advance(30_000);
      await ping;
      await system.until(() => served[0]!.bytesRead === connection.bytesWritten);
    };
    await heartbeat();
    // An answer may take as long as it is until the next time.
    await aSecond();
    expect(dead.ws.readyState).toBe(dead.ws.OPEN);
    await heartbeat();
    expect((await dead.closed).code).toBe(1006);
    for (let heartbeats = 0; heartbeats < 5; heartbeats += 1) await heartbeat();
    expect([alive.ws.readyState, asked]).toEqual([alive.ws.OPEN, 7]);
  });

  test('a peer that says something is alive, though it answers nothing', async () => {
    await system.stop();
    await start(30_000);
    const talking = await system.connect(ada, { ws: { autoPong: false } });
    for (let heartbeats = 1; heartbeats <= 4; heartbeats += 1) {
      const ping = once(talking.ws, 'ping');
      await system.atRest();
      clock.advance(30_000);
      await ping;
      talking.send({ type: 'ping' });
      await system.until(() => talking.frames.filter(({ type }) => type === 'pong').length === heartbeats);
    }
    expect(talking.ws.readyState).toBe(talking.ws.OPEN);
  });

  test('is told when the instance goes down', async () => {
    const socket = await system.connect(ada);
    await system.restart();
    expect((await socket.closed).code).toBe(1001);
  });
});
