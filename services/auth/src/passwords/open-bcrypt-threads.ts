import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Asking, askThread } from '@commonpurse/shared/threads';
import type { Bcrypt } from './password-hashes.ts';

/** bcrypt in threads of its own. A thread more is opened when all are at work, so there are as many as were ever asked at once. */
export interface BcryptThreads extends Bcrypt {
  /** Ends them; what they are at work on is rejected. */
  close(): Promise<void>;
}

interface BcryptThread extends Pick<Asking<Bcrypt>, 'ask'> {
  readonly worker: Worker;
}

/** Node's pool would do the same work, but at the priority of whoever answers requests, and in the places where files are synced. */
export function openBcryptThreads(entry = ownEntry()): BcryptThreads {
  const open = new Set<BcryptThread>();
  const idle: BcryptThread[] = [];
  const openThread = (): BcryptThread => {
    const worker = new Worker(entry);
    const ask = askThread<Bcrypt>(worker, { ended: 'a thread for passwords has ended', hear: () => {}, broke: () => open.delete(thread) });
    const thread = { worker, ask };
    // a thread that waits for work keeps no process alive
    worker.unref();
    open.add(thread);
    return thread;
  };
  const use = async <T>(work: (thread: BcryptThread) => Promise<T>): Promise<T> => {
    const thread = idle.pop() ?? openThread();
    try {
      return await work(thread);
    } finally {
      if (open.has(thread)) idle.push(thread);
    }
  };
  return {
    hash: (password, cost) => use(({ ask }) => ask('hash', password, cost)),
    compare: (password, hash) => use(({ ask }) => ask('compare', password, hash)),
    close: async () => {
      await Promise.all([...open].map(({ worker }) => worker.terminate()));
    },
  };
}

const ownEntry = (): URL => new URL(`./bcrypt-thread${extname(import.meta.url)}`, import.meta.url);
