import { resolve } from 'node:path';
import { AuthConfig } from '@commonpurse/auth/config';
import { BudgetsConfig } from '@commonpurse/budgets/config';
import { GatewayConfig } from '@commonpurse/gateway/config';
import { NotificationsConfig } from '@commonpurse/notifications/config';
import { RecordsConfig } from '@commonpurse/records/config';
import { MailConfig } from '@commonpurse/shared/mail';
import { type ConfigsOf, type Environment, loadParts, secretVariable, variable } from '@commonpurse/shared/service';
import { z } from 'zod';

const onlyApart = z.undefined('is for services started one by one; npm start keeps everything in this one process').optional();
const folder = z.string().transform((path) => resolve(path));

/** What the embedded system itself reads; each service reads its own part besides. */
export const SystemConfig = z.object({
  DATA_DIR: folder.prefault('./data'),
  DATABASE_TYPE: z.literal('json', 'must be json here: npm start keeps its data in JSON files').default('json'),
  MONGODB_URL: onlyApart,
  RABBITMQ_URL: onlyApart,
  REDIS_URL: onlyApart,
  LOG_LEVEL: variable.logLevel(),
  LOG_DIR: folder.optional(),
  ADMIN_PORT: variable.address('127.0.0.1').optional(),
});
const SecretsConfig = z.object({ INTERNAL_KEY: secretVariable.internalKey(), ENCRYPTION_KEYS: secretVariable.encryptionKeys() });
export type SystemConfig = z.output<typeof SystemConfig>;

/** What the parts of the system read, wherever they run. */
export const everyPart = {
  secrets: SecretsConfig,
  mail: MailConfig,
  gateway: GatewayConfig,
  auth: AuthConfig,
  records: RecordsConfig,
  budgets: BudgetsConfig,
  notifications: NotificationsConfig,
};
const parts = { system: SystemConfig, ...everyPart };
export type AllConfigs = ConfigsOf<typeof parts>;

/** What `openKeys` makes for an installation that was not given it; in production it must have been. */
export const excusedIn = (env: Environment): readonly string[] =>
  env['NODE_ENV'] === 'production' ? [] : ['JWT_PRIVATE_KEY', 'INTERNAL_KEY', 'ENCRYPTION_KEYS'];

/** Reads what is needed before the folder of keys can be opened. Throws `ConfigInvalid` with the problems of every part: nothing is
 *  made or opened before all of them are solved. */
export const loadSystemConfig = (env: Environment): SystemConfig => loadParts(parts, env, excusedIn(env)).system;

/** Reads every part, so that all problems are told at once. Throws `ConfigInvalid`. */
export const loadConfigs = (env: Environment): AllConfigs => loadParts(parts, env);
