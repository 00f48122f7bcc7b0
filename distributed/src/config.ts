import { resolve } from 'node:path';
import { everyPart, excusedIn } from '@commonpurse/all-in-one/config';
import { databaseVariable, type Environment, loadParts, serverVariables, variable } from '@commonpurse/shared/service';
import { z } from 'zod';

const chosen = z.undefined('is chosen here for each process').optional();
const folder = z.string().transform((path) => resolve(path));

/** What the launcher itself reads; each service reads its own part in its own process. */
const LauncherConfig = z.object({
  DATA_DIR: folder.prefault('./data'),
  DATABASE_TYPE: z
    .literal('mongodb', 'must be mongodb here: json is for npm start, which keeps everything in one process')
    .default('mongodb'),
  MONGODB_DATABASE: databaseVariable(),
  ...serverVariables,
  LOG_LEVEL: variable.logLevel(),
  LOG_DIR: folder.optional(),
  ADMIN_PORT: chosen,
  AUTH_URL: chosen,
  RECORDS_URL: chosen,
  BUDGETS_URL: chosen,
  NOTIFICATIONS_URL: chosen,
});
export interface LauncherConfig extends z.output<typeof LauncherConfig> {
  /** Where the gateway listens. */
  readonly HOST: string;
  readonly PORT: number;
}

/** Reads every part, so that all problems are told at once, before any process is started. Throws `ConfigInvalid`. */
export function loadLauncherConfig(env: Environment): LauncherConfig {
  const { launcher, gateway } = loadParts({ launcher: LauncherConfig, ...everyPart }, env, excusedIn(env));
  return { ...launcher, HOST: gateway.HOST, PORT: gateway.PORT };
}
