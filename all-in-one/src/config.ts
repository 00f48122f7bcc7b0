import { resolve } from 'node:path';
import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';

const onlyEmbedded = (what: string) => `${what} belongs to the services started one by one; npm start runs everything in this one process`;

/** The environment of the embedded system; each service reads its own part besides. */
export const SystemConfig = z.object({
  DATA_DIR: z
    .string()
    .default('./data')
    .transform((path) => resolve(path)),
  DATABASE_TYPE: z.literal('json', 'must be json here: npm start keeps its data in JSON files').default('json'),
  RABBITMQ_URL: z.undefined(onlyEmbedded('RABBITMQ_URL')).optional(),
  REDIS_URL: z.undefined(onlyEmbedded('REDIS_URL')).optional(),
  LOG_LEVEL: variable.logLevel(),
  LOG_DIR: z
    .string()
    .optional()
    .transform((path) => (path === undefined ? undefined : resolve(path))),
  ADMIN_PORT: variable.port().optional(),
});
export type SystemConfig = z.output<typeof SystemConfig>;
