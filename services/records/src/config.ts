import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';

/** The environment of the records service. */
export const RecordsConfig = z.object({
  /** Of one uploaded file. */
  MAX_UPLOAD_BYTES: variable.integer(1024, 1024 * 1024 * 1024, 50 * 1024 * 1024),
});
export type RecordsConfig = z.output<typeof RecordsConfig>;
