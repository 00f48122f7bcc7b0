/** `npm run test:real`: comes by servers, runs the suites against them, and says which suites it could not try. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { backingServices } from '../../packages/shared/src/testing/servers/backing-services.ts';
import { containers } from '../../packages/shared/src/testing/servers/containers.ts';
import { installedDaemons } from '../../packages/shared/src/testing/servers/daemons.ts';
import { chooseSuites, journeys, kindOf } from '../../packages/shared/src/testing/servers/real-suites.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const suites = globSync('{packages,services,all-in-one,distributed,tests}/**/*.real.test.ts', { exclude: ['**/node_modules/**'] });
/** Whole journeys, which need all servers. */
const travelled = globSync([...journeys]);
const misnamed = suites.filter((file) => kindOf(file) === null);
if (misnamed.length > 0) throw new Error(`no run would choose ${misnamed.join(', ')}: the name must say which servers it needs`);

const required = process.env['CI'] === 'true' || process.env['REQUIRE_SERVERS'] === '1';
const servers = await backingServices(process.env, [containers(), installedDaemons(process.env['PATH'] ?? '')]);
let code = 1;
try {
  for (const line of servers.told) say(`test:real: ${line}`);
  const env = { ...process.env, ...servers.variables, SYSTEM: 'distributed' };
  code = await runJest(env);
  if (!tellLeft(env) && required) code ||= 1;
} finally {
  await servers.close();
}
process.exitCode = code;

async function runJest(env: NodeJS.ProcessEnv): Promise<number> {
  if (chooseSuites(env).chosen.length === 0) return 0;
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [...flags, 'node_modules/jest/bin/jest.js', '--config', 'jest.real.config.mjs', '--passWithNoTests'];
  const child = spawn(process.execPath, [...jest, ...process.argv.slice(2)], { env, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode ?? 1;
}

/** true: every suite was tried. */
function tellLeft(env: NodeJS.ProcessEnv): boolean {
  const left = chooseSuites(env).left.flatMap(({ kind, missing }) =>
    [...suites.filter((file) => kindOf(file) === kind), ...(kind === 'servers' ? travelled : [])].map(
      (file) => `${file} (no ${missing.join(', ')})`,
    ),
  );
  for (const suite of left) say(`test:real: NOT TRIED: ${suite}`);
  if (left.length > 0)
    say(
      `test:real: ${left.length} of ${suites.length + travelled.length} suites were not tried${required ? ', and all were required' : ''}`,
    );
  return left.length === 0;
}
