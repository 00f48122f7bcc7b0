import { join } from 'node:path';
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { greeting, processListIn, runProgram, shownPath, systemClock } from '@commonpurse/shared/service';
import { pino } from 'pino';
import { checkServers } from './check-servers.ts';
import { type LauncherConfig, loadLauncherConfig } from './config.ts';
import { type Launched, launch } from './launch.ts';
import { scaleIn } from './scale.ts';
import { startChild } from './start-child.ts';

async function open(): Promise<Launched & { readonly config: LauncherConfig }> {
  const scale = scaleIn(process.argv.slice(2));
  const config = loadLauncherConfig(process.env);
  await checkServers(checksOf(config));
  const coloured = process.stdout.isTTY && !process.env['NO_COLOR'];
  const launched = await launch({ config, scale, env: process.env, clock: systemClock, startChild, print: console.log, coloured });
  return { ...launched, config };
}

function checksOf({ MONGODB_URL, MONGODB_DATABASE, RABBITMQ_URL, REDIS_URL }: LauncherConfig) {
  const near = { clock: systemClock, log: pino({ level: 'silent' }) };
  return [
    {
      variable: 'MONGODB_URL',
      connect: () => openMongoStore({ ...near, url: MONGODB_URL, database: `${MONGODB_DATABASE}-auth`, waitMs: 0 }),
    },
    { variable: 'RABBITMQ_URL', connect: () => openRabbitBus({ ...near, url: RABBITMQ_URL, connect: 'once' }) },
    { variable: 'REDIS_URL', connect: () => openRedisCache({ ...near, url: REDIS_URL, prefix: MONGODB_DATABASE, connect: 'once' }) },
  ];
}

function greet({ url, config, processes }: Awaited<ReturnType<typeof open>>, tookMs: number): void {
  const places = {
    API: url,
    Docs: `${url}/docs`,
    Data: `databases ${config.MONGODB_DATABASE}-*`,
    Keys: shownPath(join(config.DATA_DIR, 'keys')),
    Mails: process.env['SMTP_URL'] ? 'sent by SMTP_URL' : shownPath(join(config.DATA_DIR, 'mail')),
    Logs: config.LOG_DIR === undefined ? 'here' : shownPath(config.LOG_DIR),
    Processes: `${processes.length}, listed in ${shownPath(processListIn(config.DATA_DIR))}`,
  };
  console.log(greeting(places, tookMs));
}

const startedAt = performance.now();
await runProgram('commonpurse', open, (system) => greet(system, performance.now() - startedAt));
