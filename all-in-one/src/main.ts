import { join, relative } from 'node:path';
import { ConfigInvalid, createLogger, systemClock } from '@commonpurse/shared/service';
import { loadSystemConfig, type SystemConfig } from './config.ts';
import { explain } from './explain.ts';
import { openSystem, type System } from './system.ts';

/** However a stop goes, the process ends after this long. */
const stopMsMax = 9_500;

async function main(): Promise<void> {
  const startedAt = performance.now();
  const config = loadSystemConfig(process.env);
  const log = await createLogger({ level: config.LOG_LEVEL, name: 'commonpurse', dir: config.LOG_DIR ?? join(config.DATA_DIR, 'logs') });
  const system = await openSystem({ config, env: process.env, clock: systemClock, log });
  endWith(system);
  await system.start();
  greet(system, config, performance.now() - startedAt);
}

/** A signal, or the end of whoever started this process, stops the system; a store that failed ends it with an error. */
function endWith(system: System): void {
  let ending = false;
  const end = (code: number): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code || 1), stopMsMax).unref();
    void system.stop().then(
      () => process.exit(code),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(0));
  process.on('disconnect', () => end(0));
  void system.failed.then((error) => {
    console.error(`commonpurse: ${error.message}`);
    end(1);
  });
}

function greet({ url }: System, config: SystemConfig, tookMs: number): void {
  const shown = (path: string): string => (relative('', path).startsWith('..') ? path : relative('', path) || '.');
  const lines = [
    `Commonpurse is ready (${Math.round(tookMs)} ms).`,
    '',
    `  API      ${url}`,
    `  Docs     ${url}/docs`,
    `  Data     ${shown(config.DATA_DIR)}`,
    `  Mails    ${process.env['SMTP_URL'] ? 'sent by SMTP_URL' : shown(join(config.DATA_DIR, 'mail'))}`,
    `  Logs     ${shown(config.LOG_DIR ?? join(config.DATA_DIR, 'logs'))}`,
    '',
    'Ctrl-C stops it; nothing that was acknowledged is lost, however it ends.',
  ];
  console.log(lines.join('\n'));
}

function fail(error: unknown): void {
  const lines = error instanceof ConfigInvalid ? error.problems : [explain(error)];
  for (const line of lines) console.error(`commonpurse: ${line}`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail(error);
}
