import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';

/** The environment of the records service. */
export const RecordsConfig = z.object({
  MAX_UPLOAD_BYTES: variable.uploadBytes(),
});
export type RecordsConfig = z.output<typeof RecordsConfig>;
