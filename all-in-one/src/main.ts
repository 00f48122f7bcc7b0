import { join, relative } from 'node:path';
import { createLogger, runProgram, systemClock } from '@commonpurse/shared/service';
import { loadSystemConfig, type SystemConfig } from './config.ts';
import { openSystem, type System } from './system.ts';

async function open(): Promise<System & { readonly config: SystemConfig }> {
  const config = loadSystemConfig(process.env);
  const log = await createLogger({ level: config.LOG_LEVEL, name: 'commonpurse', dir: config.LOG_DIR ?? join(config.DATA_DIR, 'logs') });
  return { ...(await openSystem({ config, env: process.env, clock: systemClock, log })), config };
}

function greet({ url, config }: Awaited<ReturnType<typeof open>>, tookMs: number): void {
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

const startedAt = performance.now();
await runProgram('commonpurse', open, (system) => greet(system, performance.now() - startedAt));
