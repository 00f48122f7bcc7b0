import { z } from 'zod';
import { variable } from './load-config.ts';
import type { ServiceBehindGateway, ServiceName } from './peers.ts';
import { secretVariable } from './secrets.ts';

/** Keeps several systems apart on the same servers: begins the names of databases and of the cache's keys. */
export const databaseVariable = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'is letters, digits, - and _, 40 at most')
    .default('commonpurse');

/** The environment of every service that runs in a process of its own, beside its own part. */
const ProcessConfig = z.object({
  PORT: variable.port(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  ADMIN_PORT: variable.address('127.0.0.1').optional(),
  LOG_LEVEL: variable.logLevel(),
  LOG_DIR: z.string().optional(),
  NODE_ENV: variable.nodeEnv(),
  INTERNAL_KEY: secretVariable.internalKey(),
  MONGODB_DATABASE: databaseVariable(),
});

const server = (description: string, ...schemes: string[]) =>
  z
    .string()
    .refine(
      (text) => schemes.some((scheme) => text.startsWith(`${scheme}://`) && text.length > scheme.length + 3),
      `is a URL (${schemes.map((scheme) => `${scheme}://...`).join(' or ')})`,
    )
    .describe(description);

/** The servers that everything stands on when it doesn't run in one process. */
export const serverVariables = {
  MONGODB_URL: server('where documents are kept, such as mongodb://127.0.0.1:27017', 'mongodb', 'mongodb+srv'),
  RABBITMQ_URL: server('where events go, such as amqp://guest:guest@127.0.0.1:5672', 'amqp', 'amqps'),
  REDIS_URL: server('where limits and hints are shared, such as redis://127.0.0.1:6379', 'redis', 'rediss'),
};

const { MONGODB_URL, RABBITMQ_URL, REDIS_URL } = serverVariables;
const servers = {
  documents: {
    DATABASE_TYPE: z
      .literal('mongodb', 'must be mongodb here: json is for npm start, which keeps everything in one process')
      .default('mongodb'),
    MONGODB_URL,
    ENCRYPTION_KEYS: secretVariable.encryptionKeys(),
  },
  bus: { RABBITMQ_URL },
  cache: { REDIS_URL },
};
export type ServerName = keyof typeof servers;

const instances = variable
  .urls('http')
  .refine((urls) => urls.length > 0, 'is required')
  .describe('where that service listens, such as http://127.0.0.1:8081; several are comma separated');
const addresses: Readonly<Record<ServiceBehindGateway, string>> = {
  auth: 'AUTH_URL',
  records: 'RECORDS_URL',
  budgets: 'BUDGETS_URL',
  notifications: 'NOTIFICATIONS_URL',
};

export type Surroundings = z.output<typeof ProcessConfig> & {
  readonly MONGODB_URL?: string;
  readonly RABBITMQ_URL?: string;
  readonly REDIS_URL?: string;
};

/** What one service reads of its surroundings: where it listens, which servers it needs, where the other services are. */
export function surroundingsOf(self: ServiceName, needs: readonly ServerName[]) {
  const others = Object.entries(addresses).filter(([name]) => name !== self);
  return ProcessConfig.extend({
    ...Object.assign({}, ...needs.map((name) => servers[name])),
    ...Object.fromEntries(others.map(([, variableName]) => [variableName, instances])),
  });
}

/** The instances of each other service. */
export function urlsIn(config: Readonly<Record<string, unknown>>): (service: ServiceName) => readonly string[] {
  return (service) => (service === 'gateway' ? [] : ((config[addresses[service]] as readonly string[] | undefined) ?? []));
}
