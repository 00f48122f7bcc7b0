import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { greeting, loggerTo, openLogDestination, runProgram, securityLoggerTo, shownPath, systemClock } from '@commonpurse/shared/service';
import { loadSystemConfig, type SystemConfig } from './config.ts';
import { openSystem, type System } from './system.ts';

async function open(): Promise<System & { readonly config: SystemConfig }> {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined)
    throw new Error(`${argument} is not understood: variables of the environment set everything, as in PORT=9000 npm start`);
  const config = loadSystemConfig(process.env);
  const level = config.LOG_LEVEL;
  const dir = config.LOG_DIR ?? join(config.DATA_DIR, 'logs');
  const program = await openLogDestination({ name: 'commonpurse', dir });
  const security = await openLogDestination({ name: 'security', dir });
  const system = await openSystem({
    config,
    env: process.env,
    clock: systemClock,
    log: loggerTo(program, { level, name: 'commonpurse' }),
    securityLog: securityLoggerTo(security, { level, name: 'security' }),
    writeLine: ({ log, line }) => (log === 'program' ? program : security).write(line),
  });
  return { ...system, config };
}

/** All data are in the heap. Left alone, it is collected only when it has grown to up to four times what lives in it, and an import takes
 *  the memory of a machine for what nobody uses any more. Not before the data are loaded: while nearly all that comes stays, collecting
 *  gains nothing. */
const boundGarbage = (): void => setFlagsFromString('--heap-growing-percent=75');

function greet({ url, config }: Awaited<ReturnType<typeof open>>, tookMs: number): void {
  const places = {
    API: url,
    Docs: `${url}/docs`,
    Data: shownPath(config.DATA_DIR),
    Mails: process.env['SMTP_URL'] ? 'sent by SMTP_URL' : shownPath(join(config.DATA_DIR, 'mail')),
    Logs: shownPath(config.LOG_DIR ?? join(config.DATA_DIR, 'logs')),
  };
  console.log(greeting(places, tookMs));
}

const startedAt = performance.now();
await runProgram('commonpurse', open, (system) => {
  boundGarbage();
  greet(system, performance.now() - startedAt);
});
