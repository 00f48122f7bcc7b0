import { afterEach, describe, expect, test } from '@jest/globals';
import { MailRefused } from '@commonpurse/shared/mail';
import { fakeClock, memoryDisk } from '@commonpurse/shared/testing';
import { entryKey } from '../feed/entry.ts';
import { passingUntil } from '../testing/passing-time.ts';
import { startNotifications, type NotificationsOptions, type TestNotifications } from '../testing/start-notifications.ts';

describe('mails about alerts', () => {
  let system: TestNotifications;
  const start = async (options?: NotificationsOptions): Promise<void> => {
    system = await startNotifications(options);
  };
  afterEach(() => system.stop());

  test('go once to the address as it is now, beside the frame or without it', async () => {
    await start();
    const ada = await system.user({ email: 'old@example.com' });
    await system.publish(await system.auth.change(ada.id, { email: 'new@example.com', displayName: 'Ada L.' }));
    const event = await system.crossThreshold(ada, { channels: ['in-app', 'email'] });
    await system.publish(event);
    await system.crossThreshold(ada, { channels: ['email'], name: 'Travel' });
    await system.until(() => system.mails.length === 2);
    const mail = system.mails.find(({ subject }) => subject === 'Groceries has reached 80 % of its budget');
    expect(mail).toMatchObject({ to: 'new@example.com' });
    expect(mail!.text).toContain('Hello Ada L.,');
    expect((await system.as(ada).get('/notifications')).body.items).toHaveLength(1);
    await system.publish(event);
    await system.crossThreshold(ada, { channels: ['webhook'] });
    await system.atRest();
    expect(system.mails).toHaveLength(2);
  });

  test('are tried again, with growing pauses, and across a restart', async () => {
    const clock = fakeClock();
    const disk = memoryDisk();
    const triedAt: number[] = [];
    const sendMail = async (): Promise<void> => {
      triedAt.push(clock.now());
      if (triedAt.length < 4) throw new Error('451 try later');
    };
    await start({ clock, disk, sendMail });
    const ada = await system.user();
    await system.crossThreshold(ada, { channels: ['email'] });
    await system.until(() => triedAt.length === 1);
    await system.restart();
    await passingUntil(clock, () => triedAt.length === 4, 5_000);
    const pausesMs = triedAt.slice(1).map((at, index) => at - triedAt[index]!);
    for (const [index, atLeastMs] of [30_000, 60_000, 120_000].entries()) expect(pausesMs[index]).toBeGreaterThanOrEqual(atLeastMs);
    const { deliveries } = await system.store();
    await system.until(async () => (await deliveries.find({}))[0]!.status === 'sent');
    expect(await deliveries.find({ dueAt: { $exists: true } })).toEqual([]);
  });

  test('that the server refuses for good are not tried again', async () => {
    await start({
      sendMail: async () => {
        throw new MailRefused('550 no such mailbox');
      },
    });
    await system.crossThreshold(await system.user(), { channels: ['email'] });
    const { deliveries } = await system.store();
    await system.until(async () => (await deliveries.find({}))[0]?.status === 'failed');
    expect((await deliveries.find({}))[0]).toMatchObject({ attempts: 1, problem: '550 no such mailbox' });
  });

  test('all go, however many are due at once', async () => {
    await start();
    const ada = await system.user();
    await Promise.all(Array.from({ length: 90 }, () => system.crossThreshold(ada, { channels: ['email'] })));
    await system.until(() => system.mails.length === 90);
    expect(new Set(system.mails.map((mail) => mail.id)).size).toBe(90);
  });

  test('keep one id however often they are tried', async () => {
    await start();
    const grace = await system.user();
    const event = await system.crossThreshold(grace, { channels: ['email'] });
    await system.until(() => system.mails.length === 1);
    expect(system.mails[0]!.id).toBe(`email-${entryKey(event.id, grace.id, 'notification')}`);
  });

  test('are not owed to somebody who is disabled', async () => {
    await start();
    const ada = await system.user({ status: 'disabled' });
    const grace = await system.user();
    await system.crossThreshold(ada, { channels: ['email'] });
    await system.crossThreshold(grace, { channels: ['email'] });
    await system.until(() => system.mails.length === 1);
    expect(system.mails[0]!.to).toBe(grace.person.email);
  });
});
