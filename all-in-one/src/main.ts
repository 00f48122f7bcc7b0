import { join } from 'node:path';
import { createLogger, createSecurityLogger, greeting, runProgram, shownPath, systemClock } from '@commonpurse/shared/service';
import { loadSystemConfig, type SystemConfig } from './config.ts';
import { openSystem, type System } from './system.ts';

async function open(): Promise<System & { readonly config: SystemConfig }> {
  const config = loadSystemConfig(process.env);
  const dir = config.LOG_DIR ?? join(config.DATA_DIR, 'logs');
  const log = await createLogger({ level: config.LOG_LEVEL, name: 'commonpurse', dir });
  const securityLog = await createSecurityLogger({ level: config.LOG_LEVEL, name: 'security', dir });
  return { ...(await openSystem({ config, env: process.env, clock: systemClock, log, securityLog })), config };
}

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
await runProgram('commonpurse', open, (system) => greet(system, performance.now() - startedAt));
