import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { progressChannel } from '@commonpurse/shared/contracts';
import type { TestUser } from '@commonpurse/shared/testing';
import fc from 'fast-check';
import type { TestSocket } from '../testing/socket-client.ts';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const from = (seq: number, to: number): number[] => Array.from({ length: to - seq + 1 }, (_, index) => seq + index);

describe('since and resume', () => {
  let system: TestNotifications;
  let slowness = 0;
  /** Records answer no sooner. */
  let answering: Promise<void> = Promise.resolve();
  beforeAll(async () => {
    // Records answer as slowly as a test wants, so that live frames come in while a replay is on its way.
    const beforeViews = async (): Promise<void> => {
      await answering;
      await turns(slowness);
    };
    system = await startNotifications({ limits: { perUserMax: 1_000 }, beforeViews });
  });
  afterAll(() => system.stop());

  /** Waits until a socket has got this number. */
  const reached = (socket: TestSocket, seq: number): Promise<unknown> =>
    seq === 0 ? socket.next('hello') : socket.next((frame) => frame.seq === seq);
  const records = async (owner: TestUser, count: number): Promise<void> => {
    await Promise.all(from(1, count).map(() => system.changeRecord(owner)));
  };

  test('send what was missed right after hello, and then what comes', async () => {
    const ada = await system.user();
    await records(ada, 300);
    const socket = await system.connect(ada, { since: 120 });
    await records(ada, 20);
    await reached(socket, 320);
    expect(socket.frames[0]).toMatchObject({ type: 'hello', data: { lastSeq: 300 } });
    expect(socket.seqs).toEqual(from(121, 320));
  });

  test.each([
    ['without since', undefined],
    ['since the newest', 3],
  ])('%s only what comes from now on is sent, and nothing is wrong', async (_, since) => {
    const ada = await system.user();
    await records(ada, 3);
    const socket = await system.connect(ada, since === undefined ? {} : { since });
    await records(ada, 1);
    await reached(socket, 4);
    expect(socket.frames.map(({ type, seq }) => seq ?? type)).toEqual(['hello', 4]);
  });

  test.each([
    ['with no other socket open', false],
    ['while another socket is open, which was told of everything as it came', true],
  ])('replay things as they are now, and what is gone as deleted, under the same numbers, %s', async (_, watched) => {
    const ada = await system.user();
    const watching = watched ? await system.connect(ada) : null;
    const first = (await system.changeRecord(ada)).subject;
    const second = (await system.changeRecord(ada)).subject;
    await system.changeRecord(ada, { action: 'updated', record: { id: first, description: 'Rolls' } });
    await system.changeRecord(ada, { action: 'deleted', record: { id: second } });
    await system.crossThreshold(ada);
    if (watching) await reached(watching, 6);
    const [item] = (await system.as(ada).get('/notifications')).body.items;
    await system.as(ada).post(`/notifications/${item.id}/read`);
    const socket = await system.connect(ada, { since: 0 });
    watching?.send({ type: 'resume', since: 0 });
    await reached(socket, 6);
    const frames = socket.frames.slice(1);
    expect(frames.map(({ type, seq, data }) => [seq, type, data.id, data.description])).toEqual([
      [1, 'record.created', first, 'Rolls'],
      [2, 'record.deleted', second, undefined],
      [3, 'record.updated', first, 'Rolls'],
      [4, 'record.deleted', second, undefined],
      [5, 'budget.alert', undefined, undefined],
      [6, 'notification', item.id, undefined],
    ]);
    expect(frames[1]!.data).toEqual({ id: second, version: 1 });
    expect(frames[5]!.data.readAt).not.toBeNull();
    if (watching) {
      await system.until(() => watching.seqs.length === 12);
      expect(watching.frames.slice(7)).toEqual(frames);
    }
  });

  test('from the future is an error, and live frames go on', async () => {
    const ada = await system.user();
    await records(ada, 2);
    const socket = await system.connect(ada, { since: 9 });
    expect((await socket.next('error')).data).toEqual({ code: 'since-in-future', detail: 'The newest number is 2' });
    socket.send({ type: 'resume', since: 3 });
    await system.until(() => socket.frames.filter((frame) => frame.type === 'error').length === 2);
    await records(ada, 1);
    await reached(socket, 3);
    expect(socket.seqs).toEqual([3]);
  });

  test('from before what is kept is a resync, and live frames go on from there', async () => {
    const ada = await system.user();
    await records(ada, 30);
    await system.crossThreshold(ada);
    const { feed } = await system.store();
    const pages = await feed.find({ userId: ada.id });
    await feed.remove(pages.filter((page) => page.first <= 10).map((page) => page._id));
    const socket = await system.connect(ada, { since: 3 });
    expect((await socket.next('resync')).data).toEqual({ lastSeq: 32 });
    await records(ada, 1);
    await reached(socket, 33);
    expect(socket.seqs).toEqual([33]);
    socket.send({ type: 'resume', since: 0 });
    await system.until(() => socket.frames.filter((frame) => frame.type === 'resync').length === 2);
  });

  test('hold back frames without a number until the replay has ended', async () => {
    const ada = await system.user();
    await records(ada, 600);
    const answer = Promise.withResolvers<void>();
    answering = answer.promise;
    const socket = await system.connect(ada, { since: 0 });
    await socket.next('hello');
    for (const spent of ['1.00', '2.00']) {
      await system.cache.publish(progressChannel, JSON.stringify({ userId: ada.id, data: { budgetId: 'b', spent } }));
    }
    answer.resolve();
    await socket.next('budget.progress');
    expect(socket.seqs).toEqual(from(1, 600));
    expect(socket.frames.filter((frame) => frame.type === 'budget.progress').map((frame) => frame.data.spent)).toEqual(['2.00']);
    expect(socket.frames.at(-1)!.type).toBe('budget.progress');
    // One that was asked for later holds back as the first did; and what was told is not told again with what comes.
    const later = Promise.withResolvers<void>();
    answering = later.promise;
    socket.send({ type: 'resume', since: 0 });
    socket.send({ type: 'ping' });
    await socket.next('pong');
    await system.cache.publish(progressChannel, JSON.stringify({ userId: ada.id, data: { budgetId: 'b', spent: '3.00' } }));
    later.resolve();
    await socket.next((frame) => frame.type === 'budget.progress' && frame.data.spent === '3.00');
    await records(ada, 2);
    await reached(socket, 602);
    const shown = socket.frames.slice(1).map(({ type, seq, data }) => seq ?? data.spent ?? type);
    expect(shown).toEqual([...from(1, 600), '2.00', 'pong', ...from(1, 600), '3.00', 601, 602]);
  });

  test('begin anew where a resume comes while an earlier one is being read', async () => {
    const ada = await system.user();
    await records(ada, 300);
    const answer = Promise.withResolvers<void>();
    answering = answer.promise;
    const socket = await system.connect(ada, { since: 200 });
    socket.send({ type: 'resume', since: 100 });
    socket.send({ type: 'ping' });
    await socket.next('pong');
    answer.resolve();
    await reached(socket, 300);
    expect(socket.seqs).toEqual(from(101, 300));
  });

  test('leave no gap and repeat nothing, whatever happens at the same time', async () => {
    const Step = fc.oneof(
      fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 40 }), again: fc.boolean() }),
      fc.record({ do: fc.constant('connect' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ do: fc.constant('resume' as const), socket: fc.nat(5), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ do: fc.constant('leave' as const), socket: fc.nat(5) }),
      fc.record({ do: fc.constant('wait' as const), turns: fc.nat(15) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 5, maxLength: 40 }), fc.nat(6), async (steps, slow) => {
        slowness = slow;
        const ada = await system.user();
        const sockets: { socket: TestSocket; starts: number[] }[] = [];
        const work: Promise<unknown>[] = [];
        for (const step of steps) {
          const head = await system.headOf(ada);
          if (step.do === 'append') work.push(appendSome(system, ada, step));
          if (step.do === 'wait') await turns(step.turns);
          if (step.do === 'connect') {
            const since = Math.floor(step.at * head);
            sockets.push({ socket: await system.connect(ada, { since }), starts: [since] });
          }
          const one = 'socket' in step ? sockets[step.socket] : undefined;
          if (step.do === 'leave' && one) await one.socket.close();
          if (step.do === 'resume' && one?.socket.ws.readyState === 1) {
            const since = Math.floor(step.at * head);
            one.starts.push(since);
            one.socket.send({ type: 'resume', since });
          }
        }
        await Promise.all(work);
        const head = await system.headOf(ada);
        for (const { socket, starts } of sockets) {
          const open = socket.ws.readyState === 1;
          if (open) await system.until(() => head === 0 || socket.seqs.at(-1) === head);
          expectRuns(socket.seqs, starts, open ? head : null);
          await socket.close();
        }
      }),
      { numRuns: 40 },
    );
    slowness = 0;
  });
});

/** Records at once, some of them told twice. */
async function appendSome(system: TestNotifications, owner: TestUser, { count, again }: { count: number; again: boolean }): Promise<void> {
  await Promise.all(
    from(1, count).map(async () => {
      const event = await system.changeRecord(owner);
      if (again) await system.publish(event);
    }),
  );
}

/** Numbers come one after the other; they go back only where a resume said so, in the order of the resumes. */
function expectRuns(seqs: readonly number[], starts: readonly number[], head: number | null): void {
  const [first, ...resumes] = starts;
  let expected = first! + 1;
  for (const seq of seqs) {
    while (seq !== expected && resumes.length > 0) expected = resumes.shift()! + 1;
    expect(seq).toBe(expected);
    expected += 1;
  }
  if (head === null) return;
  while (expected !== head + 1 && resumes.length > 0) expected = resumes.shift()! + 1;
  expect(expected).toBe(head + 1);
}
