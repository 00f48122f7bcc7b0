import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

describe('a socket whose connection is ended from the other side', () => {
  let system: TestNotifications;
  beforeEach(async () => {
    system = await startNotifications();
  });
  afterEach(() => system.stop());

  test('without a goodbye is told to connect again, for whoever stands in between may be going', async () => {
    const { hostname, port } = new URL(system.url);
    const connection = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const socket = await system.connect(await system.user(), { ws: { createConnection: () => connection } });
    await socket.next('hello');
    connection.end();
    expect((await socket.closed).code).toBe(1001);
  });

  test('after a goodbye is told what it has said itself', async () => {
    const { hostname, port } = new URL(system.url);
    const connection = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const socket = await system.connect(await system.user(), { ws: { createConnection: () => connection } });
    await socket.next('hello');
    socket.ws.close(1000);
    connection.end();
    expect((await socket.closed).code).toBe(1000);
  });
});
