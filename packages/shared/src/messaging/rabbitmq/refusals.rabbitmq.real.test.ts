import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { serverUrl } from '../../testing/servers/index.ts';
import { memoryParking } from '../messaging.contract.ts';
import { BrokerUnavailable } from './failure.ts';
import { type BusRig, hastyClock, on, openBusRig, tick, until } from './testing/bus-rig.ts';

const ways = ['once', 'until-available', 'in-background'] as const;

describe('the bus on RabbitMQ, when it may not or can not begin', () => {
  let rig: BusRig;
  const servers: Server[] = [];
  beforeEach(async () => void (rig = await openBusRig('refusals')));
  afterEach(async () => {
    await rig.close();
    for (const server of servers.splice(0)) server.close();
  });

  /** Another kind of server, and the URL somebody took it for RabbitMQ by. */
  async function impostor(greet: (socket: Socket) => void): Promise<string> {
    const server = createServer((socket) => greet(socket.on('error', () => undefined)));
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `amqp://guest:guest@127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const withPassword = (password: string): string => Object.assign(new URL(rig.through), { password }).href;
  const refusal = (options: Parameters<BusRig['open']>[0]): Promise<BrokerUnavailable> =>
    rig.open(options).then(
      () => Promise.reject(new Error('it was opened')),
      (error: BrokerUnavailable) => error,
    );

  test.each(ways)('a wrong password is refused at once, without telling it (%s)', async (connect) => {
    const error = await refusal({ url: withPassword('s3cret'), connect });
    expect(error).toBeInstanceOf(BrokerUnavailable);
    expect(error.message).toMatch(/^RabbitMQ at 127\.0\.0\.1:\d+, virtual host \S+ refuses the user guest: wrong name or password/);
    expect(JSON.stringify([error.message, rig.logged])).not.toContain('s3cret');
    expect(rig.logged.filter(({ msg }) => msg.includes('it will be tried'))).toEqual([]);
  });

  test.each(ways)('what does not speak AMQP is refused at once (%s)', async (connect) => {
    const url = await impostor((socket) => socket.write('220 mail.example.org ESMTP\r\n'));
    const error = await refusal({ url, connect });
    expect(error.message).toMatch(/^RabbitMQ at 127\.0\.0\.1:\d+: what answers there does not speak AMQP 0-9-1/);
    expect(error.permanent).toBe(true);
  });

  test.each([
    ['mongodb', 'MongoDB'],
    ['redis', 'Redis'],
  ] as const)('a server of another kind, which is silent about AMQP, is refused at once (%s)', async (server, kind) => {
    const error = await refusal({ url: `amqp://${new URL(serverUrl(server)).host}`, connect: 'in-background', connectTimeoutMs: 100 });
    expect(error.message).toMatch(
      new RegExp(`^RabbitMQ at \\S+ is another kind of server: it answers as ${kind} does; check the host and port in its URL$`),
    );
    expect(rig.logged.filter(({ msg }) => msg.includes('it will be tried'))).toEqual([]);
  });

  test('a server that says nothing, hangs up or is not there is told, and not waited for when asked once', async () => {
    const silent = await refusal({ url: await impostor(() => undefined), connect: 'once', connectTimeoutMs: 100 });
    expect(silent.message).toContain('accepts connections and does not answer: it hangs, or that is no AMQP port');
    const closing = await refusal({ url: await impostor((socket) => socket.end()), connect: 'once' });
    expect(closing.message).toContain('hangs up at once');
    await rig.proxy.mode('refuse');
    expect((await refusal({ connect: 'once' })).message).toContain('can not be reached: connect ECONNREFUSED');
    const unencrypted = await refusal({ url: rig.vhost.url.replace('amqp:', 'amqps:'), connect: 'until-available' });
    expect(unencrypted.message).toContain('no TLS connection');
    expect([silent, closing, unencrypted].map((error) => error.permanent)).toEqual([false, false, true]);
  });

  test('a missing virtual host is told, and waited for unless asked once', async () => {
    await rig.vhost.drop();
    expect((await refusal({ connect: 'once' })).message).toMatch(
      /does not let the user guest into the virtual host test-refusals-\S+: create it/,
    );
    const opening = rig.open();
    await until(() => rig.logged.some(({ why }) => String(why).includes('create it')));
    await rig.vhost.make();
    await (await opening).publish(tick(1));
  });

  test('a broker that is away is waited for, and the log says so once', async () => {
    await rig.proxy.mode('refuse');
    const opening = rig.open({ clock: hastyClock });
    await until(() => rig.logged.length >= 2);
    await rig.proxy.mode('reset');
    await until(() => rig.logged.length >= 4);
    await rig.proxy.mode('pass');
    const bus = await opening;
    const told = rig.logged.map(({ what, msg, why }) => `${String(what)} ${msg} ${String(why)}`);
    expect(told).toEqual([...new Set(told)]);
    expect(told.filter((line) => /: publishing|for publishing/.test(line)).at(-1)).toMatch(/for publishing open/);
    expect(await bus.health()).toBeNull();
  });

  test('or it is done without: publishing waits, and consumers are told when they are there', async () => {
    await rig.proxy.mode('refuse');
    const bus = await rig.open({ connect: 'in-background' });
    expect(await bus.health()).toContain('ECONNREFUSED');
    const heard: string[] = [];
    let reconnected = 0;
    bus.onReconnect(() => (reconnected += 1));
    await bus.consume('patient', [on((event) => heard.push(event.id))], memoryParking());
    const published = bus.publish(tick(1));
    await rig.proxy.mode('pass');
    await published;
    await until(() => reconnected === 1);
    await bus.publish(tick(2));
    await until(() => heard.includes('test.ticked/tick-2/1'));
  });

  test('an exchange of another type is refused at once', async () => {
    await rig.vhost.declareExchange('fanout');
    const error = await refusal({});
    expect(error.message).toMatch(/^the exchange commonpurse\.events: PRECONDITION_FAILED - inequivalent arg 'type'/);
  });

  test('a queue that was declared differently is refused, with what to do about it', async () => {
    const bus = await rig.open();
    await rig.vhost.declareQueue('commonpurse.budgets', { 'x-queue-type': 'classic' });
    const error = await bus.consume('budgets', [on(() => undefined)], memoryParking()).catch((failure: Error) => failure);
    expect(error).toBeInstanceOf(BrokerUnavailable);
    expect((error as Error).message).toMatch(
      /^the consumer budgets: PRECONDITION_FAILED - inequivalent arg .*; delete it \(rabbitmqctl delete_queue commonpurse\.budgets\), what it holds is read again/,
    );
    expect(await bus.health()).toBeNull();
  });

  test('and one that came to be in our absence is told once, looked at now and then, and replaced when it is gone', async () => {
    const bus = await rig.open({ clock: hastyClock });
    let reconnected = 0;
    bus.onReconnect(() => (reconnected += 1));
    await bus.consume('budgets', [on(() => undefined)], memoryParking());
    await rig.proxy.mode('refuse');
    await rig.vhost.deleteQueue('commonpurse.budgets');
    await rig.vhost.declareQueue('commonpurse.budgets', { 'x-queue-type': 'classic' });
    await rig.proxy.mode('pass');
    await until(async () => (await bus.health())?.includes('PRECONDITION_FAILED') === true);
    await rig.vhost.deleteQueue('commonpurse.budgets');
    await until(() => reconnected === 1);
    await until(async () => (await bus.health()) === null);
    expect(rig.logged.filter(({ why }) => String(why).includes('PRECONDITION_FAILED'))).toHaveLength(1);
  });
});
