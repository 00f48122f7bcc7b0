import { join } from 'node:path';
import { type Clock, type Environment, makeFolder, openKeys, processListIn, type Program } from '@commonpurse/shared/service';
import { choosePorts } from './choose-ports.ts';
import type { LauncherConfig } from './config.ts';
import { planProcesses, portsNeeded } from './plan.ts';
import type { Scale } from './scale.ts';
import { showLine } from './show-lines.ts';
import type { StartChild } from './start-child.ts';
import { type Supervised, supervise } from './supervise.ts';
import { createStatusFile, statusOf } from './write-status.ts';

/** The whole system in processes of their own. */
export interface Launched extends Program {
  readonly url: string;
  readonly processes: readonly Supervised[];
}

interface LaunchOptions {
  readonly config: LauncherConfig;
  readonly scale: Scale;
  readonly env: Environment;
  readonly clock: Clock;
  readonly startChild: (heard: (name: string, line: string) => void) => StartChild;
  readonly print: (line: string) => void;
  readonly coloured: boolean;
}

/** The gateway finishes what it has while the others are still there; then they end together. */
const gatewayMsMax = 3_000;
const stopMsMax = 8_500;

/** Makes what the processes need and starts them; `start` waits until all are ready. */
export async function launch({ config, scale, env, clock, startChild, print, coloured }: LaunchOptions): Promise<Launched> {
  await makeFolder(config.DATA_DIR);
  const { variables: keys } = await openKeys(join(config.DATA_DIR, 'keys'), env);
  const { ports, release } = await choosePorts(portsNeeded(scale));
  const plans = planProcesses({ config, scale, env, keys, ports });
  const names = plans.map(({ name }) => name);
  const format = { width: Math.max(...names.map((name) => name.length)), coloured };
  const heard = (name: string, line: string): void => print(showLine(format, names.indexOf(name), name, line));
  const start = startChild(heard);
  const status = createStatusFile(processListIn(config.DATA_DIR), () => statusOf(processes), print);
  const processes: Supervised[] = [];
  for (const plan of plans) {
    const say = (line: string): void => heard(plan.name, line);
    processes.push(supervise({ plan, start, clock, say, changed: status.changed }));
  }
  status.changed();
  const stop = async (): Promise<void> => {
    const impatient = AbortSignal.timeout(stopMsMax);
    const [gateway, ...others] = processes as [Supervised, ...Supervised[]];
    const gone = gateway.stop(impatient);
    const waited = new AbortController();
    await Promise.race([gone, clock.delay(gatewayMsMax, waited.signal)]);
    waited.abort();
    await Promise.all([gone, ...others.map((one) => one.stop(impatient))]);
    await status.settled();
    release();
  };
  return { url: plans[0]!.url, processes, start: () => allReady(processes, stop), stop, failed: new Promise(() => {}) };
}

/** When one refuses to start, the others are not left behind. */
async function allReady(processes: readonly Supervised[], stop: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(processes.map(({ ready }) => ready));
  } catch (error) {
    await stop();
    throw error;
  }
}
