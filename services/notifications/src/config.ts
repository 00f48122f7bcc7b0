import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';

const isOrigin = (text: string): boolean => URL.parse(text)?.origin === text;

/** The environment of notifications. */
export const NotificationsConfig = z.object({
  /** Off: nobody gets a socket; the inbox works. */
  REAL_TIME_NOTIFICATIONS: variable.flag(true),
  /** Exact origins whose pages may open a socket, beside the gateway's own. */
  ALLOWED_ORIGINS: variable
    .list()
    .refine((origins) => origins.every(isOrigin), 'is one or more origins such as https://app.example, comma separated'),
  /** The gateway's address as browsers see it. */
  PUBLIC_URL: variable.url('http', 'https').optional(),
});
export type NotificationsConfig = z.output<typeof NotificationsConfig>;
