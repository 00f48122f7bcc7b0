import type { Limit } from '@commonpurse/shared/cache';
import { refusingInProduction, variable } from '@commonpurse/shared/service';
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
export const GatewayConfig = refusingInProduction(
  z.object({
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
  }),
  {
    RATE_LIMIT_USER: (config) => config.RATE_LIMIT_USER === null,
    RATE_LIMIT_ADDRESS: (config) => config.RATE_LIMIT_ADDRESS === null,
    RATE_LIMIT_AUTH: (config) => config.RATE_LIMIT_AUTH === null,
  },
);
export type GatewayConfig = z.output<typeof GatewayConfig>;
