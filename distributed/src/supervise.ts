import type { Clock } from '@commonpurse/shared/service';
import type { ProcessPlan } from './plan.ts';
import { recoveredMs, restartPauseMs } from './restart-pause.ts';
import type { Child, StartChild } from './start-child.ts';

type ProcessState = 'starting' | 'ready' | 'restarting' | 'stopped';

/** A process that is kept running: when it dies it is started again at the same place. */
export interface Supervised {
  readonly plan: ProcessPlan;
  readonly pid: number | null;
  readonly state: ProcessState;
  readonly restarts: number;
  /** Resolves when it is ready for the first time; rejects when it refuses to start. */
  readonly ready: Promise<void>;
  /** Asks it to end, and ends it when `impatient` aborts; resolves when it is gone. */
  stop(impatient: AbortSignal): Promise<void>;
}

interface SuperviseOptions {
  readonly plan: ProcessPlan;
  readonly start: StartChild;
  readonly clock: Clock;
  /** Something of it is different now; never called before it is made. */
  readonly changed: () => void;
  readonly say: (line: string) => void;
}

export const supervise = (options: SuperviseOptions): Supervised => new SupervisedProcess(options);

class SupervisedProcess implements Supervised {
  readonly #options: SuperviseOptions;
  readonly #closing = new AbortController();
  readonly #firstReady = Promise.withResolvers<void>();
  readonly #over: Promise<void>;
  #child: Child | null = null;
  #wasReady = false;
  #deaths = 0;
  state: ProcessState = 'starting';
  restarts = 0;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    // who waits for it hears of it; when nobody does any more it is no news
    this.#firstReady.promise.catch(() => {});
    this.#over = this.#live();
  }
  get plan(): ProcessPlan {
    return this.#options.plan;
  }
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }
  get ready(): Promise<void> {
    return this.#firstReady.promise;
  }
  async stop(impatient: AbortSignal): Promise<void> {
    this.#closing.abort();
    this.#child?.signal('SIGTERM');
    const kill = (): void => this.#child?.signal('SIGKILL');
    if (impatient.aborted) kill();
    impatient.addEventListener('abort', kill, { once: true });
    await this.#over;
    impatient.removeEventListener('abort', kill);
  }

  async #live(): Promise<void> {
    const { clock, plan, say } = this.#options;
    for (;;) {
      const code = await this.#liveOnce();
      if (this.#closing.signal.aborted) break;
      if (!this.#wasReady && code === 1) {
        this.#firstReady.reject(new Error(`${plan.name} can not start; its lines above say why`));
        break;
      }
      const pauseMs = restartPauseMs(this.#deaths);
      say(`${code === null ? 'was killed' : `ended with ${code}`}; it is started again in ${pauseMs} ms`);
      this.#become('restarting');
      await clock.delay(pauseMs, this.#closing.signal);
      if (this.#closing.signal.aborted) break;
      this.restarts += 1;
    }
    this.#become('stopped');
  }
  async #liveOnce(): Promise<number | null> {
    const { start, plan, clock } = this.#options;
    const child = start(plan);
    this.#child = child;
    if (this.state !== 'starting') this.#become('starting');
    let readyAt: number | null = null;
    void child.ready.then(() => {
      if (this.#child !== child) return;
      readyAt = clock.now();
      this.#wasReady = true;
      this.#become('ready');
      this.#firstReady.resolve();
    });
    const code = await child.ended;
    this.#child = null;
    this.#deaths = readyAt !== null && clock.now() - readyAt >= recoveredMs ? 1 : this.#deaths + 1;
    return code;
  }
  #become(state: ProcessState): void {
    this.state = state;
    this.#options.changed();
  }
}
