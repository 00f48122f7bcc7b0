import { resolve } from 'node:path';
import { secretVariable, variable } from '@commonpurse/shared/service';
import { z } from 'zod';

/** What the operators' command line reads of its environment. */
export const OpsConfig = z.object({
  DATA_DIR: z
    .string()
    .transform((path) => resolve(path))
    .prefault('./data'),
  INTERNAL_KEY: secretVariable.internalKey().optional(),
  AUTH_URL: variable.urls('http'),
  RECORDS_URL: variable.urls('http'),
  BUDGETS_URL: variable.urls('http'),
  NOTIFICATIONS_URL: variable.urls('http'),
});
export type OpsConfig = z.output<typeof OpsConfig>;
