import type { Clock } from '@commonpurse/shared/service';

/** Hands frames to a socket in portions, so that it can be told whether anything is being taken, and how much waits. */
export interface Outlet {
  send(text: string): void;
  /** Bytes handed in and not yet taken by the operating system. */
  readonly waitingBytes: number;
  /** Milliseconds since anything was taken while something waits; 0 when nothing waits. */
  stalledMs(): number;
  /** Resolves when little waits, or when it is cleared. */
  drained(): Promise<void>;
  /** Forgets what was not handed on, for good. */
  clear(): void;
}
export interface OutletDeps {
  readonly write: (text: string, taken: () => void) => void;
  readonly clock: Clock;
}

const portionBytes = 256 * 1024;

export function createOutlet({ write, clock }: OutletDeps): Outlet {
  const queue: { readonly text: string; readonly bytes: number }[] = [];
  let queuedBytes = 0;
  let writtenBytes = 0;
  let takenAt = clock.now();
  let closed = false;
  let waiters: (() => void)[] = [];
  const wakeWaiters = (): void => {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };
  const flush = (): void => {
    while (queue.length > 0 && writtenBytes < portionBytes) {
      const { text, bytes } = queue.shift()!;
      queuedBytes -= bytes;
      writtenBytes += bytes;
      write(text, () => {
        writtenBytes -= bytes;
        takenAt = clock.now();
        flush();
      });
    }
    if (queuedBytes + writtenBytes < portionBytes) wakeWaiters();
  };
  return {
    send(text) {
      if (closed) return;
      if (queuedBytes + writtenBytes === 0) takenAt = clock.now();
      const bytes = Buffer.byteLength(text);
      queue.push({ text, bytes });
      queuedBytes += bytes;
      flush();
    },
    get waitingBytes() {
      return queuedBytes + writtenBytes;
    },
    stalledMs: () => (queuedBytes + writtenBytes === 0 ? 0 : clock.now() - takenAt),
    drained: () =>
      new Promise((resolve) => {
        if (closed || queuedBytes + writtenBytes < portionBytes) return resolve();
        waiters.push(resolve);
      }),
    clear() {
      closed = true;
      queue.length = 0;
      queuedBytes = 0;
      wakeWaiters();
    },
  };
}
