import type { Clock } from '@commonpurse/shared/service';

/** Hands frames to a socket in portions, so that it can be told whether anything is being taken, and how much waits. */
export interface Outlet {
  send(text: string): void;
  /** Bytes handed in and not yet taken by the operating system. */
  waitingBytes(): number;
  /** Milliseconds since anything was taken while something waits; 0 when nothing waits. */
  stalledMs(): number;
  /** Resolves when little waits, or when it is cleared. */
  drained(): Promise<void>;
  /** Forgets what was not handed on, for good. */
  clear(): void;
}
interface OutletDeps {
  readonly write: (text: string, taken: () => void) => void;
  readonly clock: Clock;
}
interface OutletState {
  readonly queue: { readonly text: string; readonly bytes: number }[];
  queuedBytes: number;
  writtenBytes: number;
  takenAt: number;
  closed: boolean;
  waiters: (() => void)[];
}

const portionBytes = 256 * 1024;

export function createOutlet(deps: OutletDeps): Outlet {
  const { clock } = deps;
  const state: OutletState = { queue: [], queuedBytes: 0, writtenBytes: 0, takenAt: clock.now(), closed: false, waiters: [] };
  return {
    waitingBytes: () => waiting(state),
    stalledMs: () => (waiting(state) === 0 ? 0 : clock.now() - state.takenAt),
    send(text) {
      if (state.closed) return;
      if (waiting(state) === 0) state.takenAt = clock.now();
      const bytes = Buffer.byteLength(text);
      state.queue.push({ text, bytes });
      state.queuedBytes += bytes;
      flush(state, deps);
    },
    drained: () =>
      new Promise((resolve) => {
        if (state.closed || waiting(state) < portionBytes) resolve();
        else state.waiters.push(resolve);
      }),
    clear() {
      state.closed = true;
      state.queue.length = 0;
      state.queuedBytes = 0;
      wakeWaiters(state);
    },
  };
}

const waiting = (state: OutletState): number => state.queuedBytes + state.writtenBytes;

function flush(state: OutletState, deps: OutletDeps): void {
  while (state.queue.length > 0 && state.writtenBytes < portionBytes) {
    const { text, bytes } = state.queue.shift()!;
    state.queuedBytes -= bytes;
    state.writtenBytes += bytes;
    deps.write(text, () => {
      state.writtenBytes -= bytes;
      state.takenAt = deps.clock.now();
      flush(state, deps);
    });
  }
  if (waiting(state) < portionBytes) wakeWaiters(state);
}

function wakeWaiters(state: OutletState): void {
  const woken = state.waiters;
  state.waiters = [];
  for (const wake of woken) wake();
}
