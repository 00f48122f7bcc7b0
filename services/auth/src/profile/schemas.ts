import { z } from 'zod';
import { BaseCurrency, DisplayName, Locale, MonthStartDay, TimeZone } from './profile.ts';

/** Everything about oneself that one may change; PUT replaces all of it. */
export const ProfileRequest = z.strictObject({
  displayName: DisplayName,
  baseCurrency: BaseCurrency,
  locale: Locale,
  timeZone: TimeZone,
  monthStartDay: MonthStartDay,
});

export const ProfileView = z.strictObject({
  id: z.string(),
  email: z.string(),
  role: z.enum(['user', 'admin']),
  displayName: z.string(),
  baseCurrency: z.string(),
  locale: z.string(),
  timeZone: z.string(),
  monthStartDay: z.int(),
  twoFactorEnabled: z.boolean(),
  createdAt: z.iso.datetime({ precision: 3 }),
  version: z.int().positive(),
});
export type ProfileView = z.infer<typeof ProfileView>;

export const profileRequestExample = {
  displayName: 'Ada Lovelace',
  baseCurrency: 'EUR',
  locale: 'en',
  timeZone: 'Europe/Vienna',
  monthStartDay: 1,
};
export const profileExample: ProfileView = {
  id: '0199a8f2-6c1e-7b7a-9d50-3a3f3f1f5a10',
  email: 'ada@example.com',
  role: 'user',
  ...profileRequestExample,
  twoFactorEnabled: false,
  createdAt: '2026-01-15T12:00:00.000Z',
  version: 1,
};
