import { z } from 'zod';

/** Shapes that several contracts share. Amounts are integer minor units of their currency. */
export const Id = z.string().min(1).max(128);
export const Instant = z.iso.datetime({ precision: 3 });
export const CalendarDate = z.iso.date();
export const Currency = z.string().regex(/^[A-Z]{3}$/);
export const Minor = z.int();
