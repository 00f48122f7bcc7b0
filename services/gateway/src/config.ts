import type { Limit } from '@commonpurse/shared/cache';
import { variable } from '@commonpurse/shared/service';
import { z } from 'zod';
import { trustedProxies } from './limits/client-address.ts';

const minuteMs = 60_000;

/** `off`, or how many a minute, with the burst after a comma where it differs from the default. */
const limit = (defaultBurst: (rate: number) => number) =>
  z
    .string()
    .regex(/^(off|[1-9]\d{0,6}(,[1-9]\d{0,6})?)$/, 'is `off`, a number a minute, or `<a minute>,<burst>`')
    .transform((text): Limit | null => {
      if (text === 'off') return null;
      const [rate = 0, burst] = text.split(',').map(Number);
      return { rate, periodMs: minuteMs, burst: burst ?? defaultBurst(rate) };
    });

const authLimit = variable
  .authLimits()
  .transform((limits): Limit | null => limits && { rate: limits.callsPerMinute, periodMs: minuteMs, burst: limits.callsPerMinute });

const proxies = variable.list().transform((given, context) => {
  try {
    return trustedProxies(given);
  } catch {
    context.addIssue({ code: 'custom', message: 'is addresses or ranges such as 10.0.0.0/8, comma separated' });
    return z.NEVER;
  }
});

/** The gateway's environment. */
export const GatewayConfig = z
  .object({
    PORT: variable.port(8080),
    HOST: z.string().min(1).default('127.0.0.1'),
    PUBLIC_URL: variable.url('http', 'https').optional(),
    ALLOWED_ORIGINS: variable.origins().transform((given) => new Set(given)),
    TRUSTED_PROXIES: proxies,
    RATE_LIMIT_USER: limit((rate) => Math.max(1, Math.floor(rate / 3))).default({ rate: 600, periodMs: minuteMs, burst: 200 }),
    RATE_LIMIT_ADDRESS: limit((rate) => rate).default({ rate: 120, periodMs: minuteMs, burst: 120 }),
    RATE_LIMIT_AUTH: authLimit,
    MAX_UPLOAD_BYTES: variable.uploadBytes(),
    NODE_ENV: variable.nodeEnv(),
  })
  .superRefine((config, context) => {
    if (config.NODE_ENV !== 'production') return;
    for (const name of ['RATE_LIMIT_USER', 'RATE_LIMIT_ADDRESS', 'RATE_LIMIT_AUTH'] as const) {
      if (config[name] === null) context.addIssue({ code: 'custom', path: [name], message: 'must not be off in production' });
    }
  });
export type GatewayConfig = z.output<typeof GatewayConfig>;
