import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';

/** The environment of notifications. */
export const NotificationsConfig = z.object({
  /** Off: nobody gets a socket; the inbox works. */
  REAL_TIME_NOTIFICATIONS: variable.flag(true),
  /** Exact origins whose pages may open a socket, beside the gateway's own. */
  ALLOWED_ORIGINS: variable.origins(),
  /** The gateway's address as browsers see it. */
  PUBLIC_URL: variable.url('http', 'https').optional(),
});
export type NotificationsConfig = z.output<typeof NotificationsConfig>;
