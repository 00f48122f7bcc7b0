import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, loadConfig } from '@commonpurse/shared/service';
import { GatewayConfig } from './config.ts';

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(GatewayConfig, env);
    return [];
  } catch (error) {
    return error instanceof ConfigInvalid ? error.problems : [String(error)];
  }
};

describe("the gateway's environment", () => {
  test('has the documented defaults', () => {
    const config = loadConfig(GatewayConfig, {});
    expect(config).toMatchObject({
      PORT: 8080,
      HOST: '127.0.0.1',
      RATE_LIMIT_USER: { rate: 600, periodMs: 60_000, burst: 200 },
      RATE_LIMIT_ADDRESS: { rate: 120, burst: 120 },
      RATE_LIMIT_AUTH: { rate: 60 },
      MAX_UPLOAD_BYTES: 52_428_800,
      NODE_ENV: 'development',
    });
    expect(config.ALLOWED_ORIGINS.size).toBe(0);
  });
  test('is read', () => {
    const config = loadConfig(GatewayConfig, {
      RATE_LIMIT_USER: '30,5',
      RATE_LIMIT_ADDRESS: 'off',
      RATE_LIMIT_AUTH: '10,7',
      ALLOWED_ORIGINS: 'https://a.example, http://localhost:3000',
      TRUSTED_PROXIES: '10.0.0.0/8',
    });
    expect(config).toMatchObject({
      RATE_LIMIT_USER: { rate: 30, burst: 5 },
      RATE_LIMIT_ADDRESS: null,
      RATE_LIMIT_AUTH: { rate: 7, burst: 7 },
    });
    expect([...config.ALLOWED_ORIGINS]).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(config.TRUSTED_PROXIES.contains('10.9.9.9')).toBe(true);
  });
  test.each([
    ['PORT', '99999'],
    ['PORT', 'http'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://a.example/'],
    ['TRUSTED_PROXIES', 'everyone'],
    ['RATE_LIMIT_USER', '0'],
    ['RATE_LIMIT_AUTH', '10'],
    ['MAX_UPLOAD_BYTES', '-1'],
    ['PUBLIC_URL', 'ftp://x'],
    ['NODE_ENV', 'staging'],
  ])('%s=%s is refused in one line that names it', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name}: `)]);
  });
  test('limits can not be off in production', () => {
    expect(problemsOf({ NODE_ENV: 'production', RATE_LIMIT_USER: 'off', RATE_LIMIT_AUTH: 'off' })).toHaveLength(2);
  });
});
