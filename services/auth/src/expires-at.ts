import { z } from 'zod';

const error = 'Write an instant as in RFC 3339, such as 2099-12-31T00:00:00.000Z';

/** When what somebody was given ends by itself, in UTC whatever offset it was written with: once more an instant, for with an offset the
 *  last day of the year 9999 can lie in a year that has five digits. null as absent: never. */
export const ExpiresAt = z.iso
  .datetime({ offset: true, error })
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime({ precision: 3, error }))
  .nullable()
  .optional()
  .meta({ description: 'When it ends by itself; absent: never', example: '2099-12-31T00:00:00.000Z' });
