import { cleanUp } from '../e2e/support/launch.ts';
import { runFaults } from './cluster/run-faults.ts';
import { openServers } from './cluster/servers.ts';

/** Kills processes and servers under load so many times, and says what broke. Resolves with how many promises were broken. */
export async function killForHours(kills: number, seed: number): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  const servers = await openServers();
  say(`seed ${seed}, ${kills} kills${servers.faults === null ? ' of processes (SERVERS_CTL is not set, so servers are left alone)' : ''}`);
  const report = await runFaults({ servers, seed, kills, say });
  for (const broken of report.broken) say(`BROKEN: ${broken}`);
  const { acknowledged, faults, healedInMs } = report;
  say(`${report.kills} kills, ${faults} faults, ${acknowledged} acknowledged writes, healed within ${Math.round(healedInMs)} ms at most`);
  if (report.broken.length > 0)
    say(`replay it: npm run test:faults -- --kills ${kills} --seed ${seed}; the processes' logs are in ${report.logs}/logs`);
  else await cleanUp();
  await servers.close();
  return report.broken.length;
}
