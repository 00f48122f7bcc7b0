import { resolve } from 'node:path';
import { AuthConfig } from '@commonpurse/auth/config';
import { BudgetsConfig } from '@commonpurse/budgets/config';
import { GatewayConfig } from '@commonpurse/gateway/config';
import { NotificationsConfig } from '@commonpurse/notifications/config';
import { RecordsConfig } from '@commonpurse/records/config';
import { ConfigInvalid, loadConfig, variable } from '@commonpurse/shared/service';
import { z } from 'zod';

const onlyApart = (name: string) =>
  z.undefined(`${name} is for services started one by one; npm start keeps everything in this one process`).optional();
const folder = z.string().transform((path) => resolve(path));

/** What the embedded system itself reads; each service reads its own part besides. */
export const SystemConfig = z.object({
  DATA_DIR: folder.prefault('./data'),
  DATABASE_TYPE: z.literal('json', 'must be json here: npm start keeps its data in JSON files').default('json'),
  MONGODB_URL: onlyApart('MONGODB_URL'),
  RABBITMQ_URL: onlyApart('RABBITMQ_URL'),
  REDIS_URL: onlyApart('REDIS_URL'),
  LOG_LEVEL: variable.logLevel(),
  LOG_DIR: folder.optional(),
  ADMIN_PORT: variable.port().optional(),
});
export type SystemConfig = z.output<typeof SystemConfig>;

export interface AllConfigs {
  readonly system: SystemConfig;
  readonly gateway: GatewayConfig;
  readonly auth: AuthConfig;
  readonly records: RecordsConfig;
  readonly budgets: BudgetsConfig;
  readonly notifications: NotificationsConfig;
}
export type Environment = Readonly<Record<string, string | undefined>>;

/** What `openKeys` makes for an installation that was not given it. */
const keyVariables = ['JWT_PRIVATE_KEY', 'INTERNAL_KEY', 'ENCRYPTION_KEYS'];

/** Reads what is needed before the folder of keys can be opened. Throws `ConfigInvalid` with the problems of every part: nothing is
 *  made or opened before all of them are solved. */
export function loadSystemConfig(env: Environment): SystemConfig {
  const { configs, problems } = readConfigs(env);
  for (const name of keyVariables) if (problems.get(name)?.endsWith(': is required')) problems.delete(name);
  if (problems.size > 0) throw new ConfigInvalid([...problems.values()]);
  return configs.system;
}

/** Reads every part, so that all problems are told at once. Throws `ConfigInvalid`. */
export function loadConfigs(env: Environment): AllConfigs {
  const { configs, problems } = readConfigs(env);
  if (problems.size > 0) throw new ConfigInvalid([...problems.values()]);
  return configs;
}

function readConfigs(env: Environment): { configs: AllConfigs; problems: Map<string, string> } {
  const problems = new Map<string, string>();
  const part = <S extends z.ZodObject>(schema: S): z.output<S> => {
    try {
      return loadConfig(schema, env);
    } catch (error) {
      if (!(error instanceof ConfigInvalid)) throw error;
      // a variable that several parts read is told of once
      for (const problem of error.problems) {
        const name = problem.slice(0, problem.indexOf(':'));
        if (!problems.has(name)) problems.set(name, problem);
      }
      return {} as z.output<S>;
    }
  };
  const configs = {
    system: part(SystemConfig),
    gateway: part(GatewayConfig),
    auth: part(AuthConfig),
    records: part(RecordsConfig),
    budgets: part(BudgetsConfig),
    notifications: part(NotificationsConfig),
  };
  return { configs, problems };
}
