import { cleanUp } from '../e2e/support/launch.ts';
import { type FaultRunOptions, runFaults } from './cluster/run-faults.ts';
import { type Fault, faultNamed } from './cluster/schedule.ts';
import { openServers } from './cluster/servers.ts';

/** Kills processes and servers under load so many times, and says what broke. Resolves with how many promises were broken. */
export const killForHours = (kills: number, seed: number): Promise<number> =>
  watched(`npm run test:faults -- --kills ${kills} --seed ${seed}`, { kills, seed });

/** The same fault again and again, with load before each and a look after it: to see how long it takes to heal. */
export async function repeatFault(name: string, rounds: number, seed: number): Promise<number> {
  const fault = faultNamed(name);
  if (fault === null) throw new Error(`there is no fault "${name}": kill or hold <instance>, or kill, pause or reset <server>`);
  const step = { after: writesBefore, fault: fault satisfies Fault };
  const options = { kills: Infinity, seed, rounds, checkEvery: 1, next: () => step };
  return watched(`npm run test:faults -- --fault '${name}' --rounds ${rounds} --seed ${seed}`, options);
}

/** Some ten seconds of load. */
const writesBefore = 300;

async function watched(
  command: string,
  options: Pick<FaultRunOptions, 'kills' | 'seed' | 'rounds' | 'checkEvery' | 'next'>,
): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  const servers = await openServers();
  say(`${command}${servers.faults === null ? ' (SERVERS_CTL is not set, so servers are left alone)' : ''}`);
  const report = await runFaults({ servers, say, ...options });
  for (const broken of report.broken) say(`BROKEN: ${broken}`);
  const { acknowledged, faults, healedInMs } = report;
  say(`${report.kills} kills, ${faults} faults, ${acknowledged} acknowledged writes, healed within ${Math.round(healedInMs)} ms at most`);
  if (report.broken.length > 0) say(`replay it: ${command}; the processes' logs are in ${report.logs}/logs`);
  else await cleanUp();
  await servers.close();
  return report.broken.length;
}
