import { type Documents, StoreUnavailable } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { createMailer, type Mail, MailDeferred, MailRefused, MailUnanswered, MailUnavailable } from '@commonpurse/shared/mail';
import { type FakeClock, fakeClock, memoryDisk, overriding } from '@commonpurse/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@commonpurse/shared/service';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNotificationsStore } from '../store.ts';
import { createMailDeliveries, type MailDeliveries, type MailDeliveriesDeps } from './deliver-mails.ts';
import { claimed, type Delivery, type DeliveryRequest, deliveryOf } from './delivery.ts';

const log = await createLogger({ level: 'silent', name: 'notifications' });
const alert = {
  budgetId: 'budget',
  name: 'Food',
  thresholdPercent: 80,
  period: { start: '2026-01-01', end: '2026-01-31' },
  spent: '80.00',
  available: '100.00',
  currency: 'EUR',
};
const owed: DeliveryRequest = { eventId: 'event', userId: 'ada', alert };

let clock: FakeClock;
let deliveries: Documents<Delivery>;
let instances: MailDeliveries[];
beforeEach(async () => {
  clock = fakeClock();
  const documents = await openJsonStore({ directory: '/notifications', disk: memoryDisk(), clock, log });
  ({ deliveries } = await openNotificationsStore(documents));
  instances = [];
});
afterEach(async () => {
  await Promise.all(instances.map((each) => each.stop()));
});

/** One of several instances, whose mails go to `send`. */
function instance(send: () => Promise<void>, more: Partial<MailDeliveriesDeps> = {}): MailDeliveries {
  const recipientOf = async () => ({ email: 'ada@example.org', displayName: 'Ada' });
  const made = createMailDeliveries({ deliveries, mailer: { send }, recipientOf, clock, log, ...more });
  instances.push(made);
  return made;
}
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
const now = async (): Promise<Delivery> => (await deliveries.find({}))[0]!;
const isSent = async (): Promise<boolean> => (await now()).status === 'sent';

/** A mail server that takes its time. */
function slowServer() {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const send = (): Promise<void> => {
    asked += 1;
    return gate.promise;
  };
  return { send, asked: () => asked, answer: gate.resolve };
}

describe('a mail that one instance is sending', () => {
  test('is left to it as long as it lives, however slow the mail server is', async () => {
    const server = slowServer();
    let waits = 0;
    const delay: FakeClock['delay'] = (ms, signal) => {
      waits += 1;
      return clock.delay(ms, signal);
    };
    await instance(server.send, { clock: { ...clock, delay } }).request(owed);
    await until(() => server.asked() === 1);
    const other = instance(server.send);
    for (let n = 1; n <= 12; n += 1) {
      const { version } = await now();
      await until(() => waits === n);
      clock.advance(5_000);
      await until(async () => (await now()).version > version);
      await other.sweep();
    }
    server.answer();
    await until(isSent);
    expect([server.asked(), (await now()).attempts]).toEqual([1, 1]);
  });

  test('is sent by another within twenty seconds when that one has died', async () => {
    const { _id, version } = await deliveries.insert(deliveryOf(owed, clock.now()));
    await deliveries.replace(claimed((await deliveries.get(_id))!, clock.now()), version);
    let sent = 0;
    const other = instance(async () => void (sent += 1));
    await other.sweep();
    expect(sent).toBe(0);
    clock.advance(15_000);
    await other.sweep();
    expect([sent, (await now()).status, (await now()).attempts]).toEqual([1, 'sent', 2]);
  });

  test('lies in the mail folder once when that one has died between the file and the mark', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mails-'));
    const folder = createMailer({ directory, from: 'no-reply@example.org', clock });
    const death = Promise.withResolvers<void>();
    const send = async (mail: Mail): Promise<void> => {
      await folder.send(mail);
      return death.promise;
    };
    try {
      await instance(async () => {}, { mailer: { send }, clock: fakeClock(clock.now()) }).request(owed);
      await until(async () => (await readdir(directory)).some((name) => name.endsWith('.eml')));
      clock.advance(15_000);
      await instance(async () => {}, { mailer: folder }).sweep();
      expect([(await now()).status, (await now()).attempts]).toEqual(['sent', 2]);
      expect(await readdir(directory)).toHaveLength(1);
    } finally {
      death.resolve();
      folder.close();
      await rm(directory, { recursive: true });
    }
  });

  test('is not touched any more by who wakes up late', async () => {
    const server = slowServer();
    const late = instance(server.send, { clock: fakeClock(clock.now()) });
    await late.request(owed);
    await until(() => server.asked() === 1);
    clock.advance(15_000);
    await instance(async () => {}).sweep();
    const sent = await now();
    expect(sent).toMatchObject({ status: 'sent', attempts: 2 });
    server.answer();
    await late.stop();
    expect(await now()).toEqual(sent);
  });
});

describe('A mail that was sent', () => {
  test('is marked so though a late one, whose place was taken over, says that it can never be sent', async () => {
    const answer = Promise.withResolvers<void>();
    let asked = 0;
    const send = (): Promise<void> => {
      asked += 1;
      return answer.promise;
    };
    const late = instance(send, { clock: fakeClock(clock.now()) });
    await late.request(owed);
    await until(() => asked === 1);
    clock.advance(15_000);
    const server = slowServer();
    const sweeping = instance(server.send).sweep();
    await until(() => server.asked() === 1);
    answer.reject(new MailRefused('550 no such mailbox'));
    await late.stop();
    const meanwhile = await now();
    server.answer();
    await sweeping;
    expect([meanwhile.status, meanwhile.attempts, (await now()).status]).toEqual(['waiting', 2, 'sent']);
  });

  test('is marked so though the store did not say that it has kept what was written before', async () => {
    let isLost = false;
    const losing = overriding(deliveries, {
      replace: async (...args) => {
        const written = await deliveries.replace(...args);
        if (!isLost) return written;
        isLost = false;
        throw new StoreUnavailable('no answer');
      },
    });
    const server = slowServer();
    const only = instance(server.send, { deliveries: losing });
    await only.request(owed);
    await until(() => server.asked() === 1);
    isLost = true;
    clock.advance(5_000);
    await until(() => !isLost);
    server.answer();
    await only.sweep();
    expect(await now()).toMatchObject({ status: 'sent', attempts: 1 });
  });

  test('is marked so before a stop ends', async () => {
    const server = slowServer();
    const only = instance(server.send);
    await only.request(owed);
    await until(() => server.asked() === 1);
    const stopping = only.stop();
    server.answer();
    await stopping;
    expect(await now()).toMatchObject({ status: 'sent' });
  });
});

test('A stop does not wait for a mail server that hangs, and another instance sends the mail', async () => {
  const server = slowServer();
  const itsClock = fakeClock(clock.now());
  const hanging = instance(server.send, { clock: itsClock });
  await hanging.request(owed);
  await until(() => server.asked() === 1);
  let isStopped = false;
  const stopping = hanging.stop().then(() => (isStopped = true));
  itsClock.advance(3_000);
  await new Promise((resolve) => setImmediate(resolve));
  const wasStopped = isStopped;
  let sent = 0;
  clock.advance(15_000);
  await instance(async () => void (sent += 1)).sweep();
  server.answer();
  await stopping;
  expect([wasStopped, sent, (await now()).status]).toEqual([true, 1, 'sent']);
});

test('A mail waits five seconds while nobody can say who to write to, and has had no attempt', async () => {
  let sent = 0;
  let isAway = true;
  const recipientOf = async () => {
    if (isAway) throw new Error('auth is away');
    return { email: 'ada@example.org', displayName: 'Ada' };
  };
  const only = instance(async () => void (sent += 1), { recipientOf });
  await only.request(owed);
  await only.sweep();
  expect(await now()).toMatchObject({ status: 'waiting', attempts: 0, problem: 'auth is away' });
  isAway = false;
  clock.advance(5_000);
  await only.sweep();
  expect([sent, (await now()).status, (await now()).attempts]).toEqual([1, 'sent', 1]);
});

test('Of the mails that have gathered while nothing ran all go at once, however many', async () => {
  for (let n = 0; n < 50; n += 1) await deliveries.insert(deliveryOf({ ...owed, eventId: `event-${n}` }, clock.now()));
  let sent = 0;
  await instance(async () => void (sent += 1)).sweep();
  expect(sent).toBe(50);
});

describe('Mails that are due while the mail server is away', () => {
  const owedMails = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await deliveries.insert(deliveryOf({ ...owed, eventId: `event-${n}` }, clock.now()));
  };

  test('are not all tried, and go within seconds once it is back, however long it was away', async () => {
    await owedMails(50);
    let [asked, isAway] = [0, true];
    const only = instance(async () => {
      asked += 1;
      if (isAway) throw new MailUnavailable('no mail server');
    });
    for (let hours = 0; hours < 24; hours += 1) {
      await only.sweep();
      clock.advance(3_600_000);
    }
    expect(asked).toBe(24);
    expect(await deliveries.count({ status: 'waiting', attempts: 0 })).toBe(50);
    await only.sweep();
    [asked, isAway] = [0, false];
    clock.advance(5_000);
    await only.sweep();
    expect([asked, await deliveries.count({ status: 'sent', attempts: 1 })]).toEqual([50, 50]);
  });

  test('wait as after any failure where it may have taken one, and the others are not tried', async () => {
    await owedMails(50);
    let asked = 0;
    const only = instance(async () => {
      asked += 1;
      throw new MailUnanswered('no answer');
    });
    await only.sweep();
    expect([asked, await deliveries.count({ attempts: 1 }), await deliveries.count({ attempts: 0 })]).toEqual([1, 1, 49]);
    const [tried] = await deliveries.find({ attempts: 1 });
    expect(Date.parse(tried!.dueAt!) - clock.now()).toBe(30_000);
  });

  test('are given up after three days', async () => {
    await owedMails(1);
    const only = instance(async () => {
      throw new MailUnavailable('no mail server');
    });
    clock.advance(3 * 24 * 3_600_000);
    await only.sweep();
    expect(await now()).toMatchObject({ status: 'failed', problem: 'no mail server' });
  });

  test('do not wait for one whose receiver is not ready', async () => {
    await owedMails(50);
    let asked = 0;
    await instance(async () => {
      asked += 1;
      if (asked === 1) throw new MailDeferred('451 not now');
    }).sweep();
    expect([asked, await deliveries.count({ status: 'sent' })]).toEqual([50, 49]);
    expect((await deliveries.find({ status: 'waiting' }))[0]).toMatchObject({ attempts: 1, problem: '451 not now' });
  });
});
