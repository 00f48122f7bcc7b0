import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { onLinux } from '@commonpurse/shared/testing';
import { type BcryptThreads, openBcryptThreads } from './open-bcrypt-threads.ts';

const password = 'a purse full of 7 coins';
const opened: BcryptThreads[] = [];
afterEach(() => Promise.all(opened.splice(0).map((threads) => threads.close())));

function open(text?: string): BcryptThreads {
  const threads = openBcryptThreads(...(text === undefined ? [] : [new URL(`data:text/javascript,${encodeURIComponent(text)}`)]));
  opened.push(threads);
  return threads;
}
/** Answers with the number of the thread instead of hashing. */
const telling = `
  import { parentPort, threadId } from 'node:worker_threads';
  parentPort.on('message', ({ call, given: [what] }) => {
    if (what === 'throw') throw new Error('broken');
    if (what === 'exit') process.exit(0);
    if (what !== 'wait') parentPort.postMessage({ reply: call, value: String(threadId) });
  });`;

describe('threads for passwords', () => {
  test('hash and compare as bcrypt does', async () => {
    const { hash, compare } = open();
    const made = await hash(password, 4);
    expect(made).toMatch(/^\$2b\$04\$/);
    expect([await compare(password, made), await compare('another one', made)]).toEqual([true, false]);
  });

  test('fail as bcrypt does, and go on', async () => {
    const { hash, compare } = open();
    await expect(compare(password, 7 as never)).rejects.toThrow('must be');
    expect(await hash(password, 4)).toHaveLength(60);
  });

  test('are as many as were asked at once', async () => {
    const { hash } = open(telling);
    const first = await Promise.all([hash(password, 4), hash(password, 4)]);
    expect(new Set(first).size).toBe(2);
    for (let n = 0; n < 4; n += 1) expect(first).toContain(await hash(password, 4));
  });

  test.each([
    ['throw', 'broken'],
    ['exit', 'has ended'],
  ])('that %s fail what they were at, and nothing that comes later', async (how, message) => {
    const { hash } = open(telling);
    await expect(hash(how, 4)).rejects.toThrow(message);
    expect(await hash(password, 4)).toMatch(/^\d+$/);
  });

  test('fail what they are at work on when they are closed', async () => {
    const { hash, close } = open(telling);
    const waiting = expect(hash('wait', 4)).rejects.toThrow('has ended');
    await close();
    await waiting;
  });

  onLinux(test).each([0, 5, 12, 19])('give way to all others of a process that gives way by %i itself', async (own) => {
    const { main, hash, threads } = await inAProcess(own);
    expect(hash).toHaveLength(60);
    expect(threads.toSorted((a, b) => b - a)[0]).toBe(Math.min(main + 10, 19));
  });
});

/** How nice the main thread and all threads of a process are once one has hashed: the higher, the later its turn. Nobody comes back from having
 *  become nicer, so it is a process of its own. */
async function inAProcess(own: number): Promise<{ main: number; hash: string; threads: number[] }> {
  const program = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { getPriority, setPriority } from 'node:os';
    import { openBcryptThreads } from '${new URL('./open-bcrypt-threads.ts', import.meta.url).href}';
    // a thread that waits for work does not keep it alive
    setInterval(() => {}, 1_000);
    setPriority(Math.max(${own}, getPriority()));
    const hash = await openBcryptThreads().hash('${password}', 4);
    const threads = readdirSync('/proc/self/task').map((thread) => {
      const stat = readFileSync('/proc/self/task/' + thread + '/stat', 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    });
    console.log(JSON.stringify({ main: getPriority(), hash, threads }));
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof inAProcess>>;
}
