import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, loadConfig } from '@commonpurse/shared/service';
import type { z } from 'zod';
import { AuthAloneConfig, AuthConfig } from './config.ts';
import { testSecrets } from './testing/start-auth.ts';

const problems = (env: Record<string, string>, config: z.ZodObject = AuthAloneConfig): readonly string[] => {
  try {
    loadConfig(config, { ...testSecrets, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
};

const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://purse.example' };

describe('the configuration of auth', () => {
  test('needs nothing but its secrets', () => {
    expect(loadConfig(AuthConfig, testSecrets)).toMatchObject({ RATE_LIMIT_AUTH: { failuresPerMinute: 10, callsPerMinute: 60 } });
    for (const name of Object.keys(testSecrets))
      expect(problems({ [name]: '' })).toEqual([expect.stringMatching(`^${name}: is required: .*openssl`)]);
  });

  test.each([
    ['JWT_PRIVATE_KEY', 'secret'],
    ['ENCRYPTION_KEYS', 'k1:c2hvcnQ='],
    ['TWO_FACTOR_ENABLED', 'maybe'],
    ['2FA_ENABLED', 'maybe'],
    ['PUBLIC_URL', 'purse.example'],
    ['RATE_LIMIT_AUTH', '10'],
    ['RATE_LIMIT_AUTH', '0,60'],
    ['RATE_LIMIT_AUTH', 'on'],
    ['NODE_ENV', 'staging'],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    const [problem, ...more] = problems({ [name]: value });
    expect(more).toEqual([]);
    expect(problem?.startsWith(`${name}: `)).toBe(true);
  });

  test('takes limits that are off outside production only', () => {
    expect(problems({ RATE_LIMIT_AUTH: 'off' })).toEqual([]);
    expect(problems({ ...production, RATE_LIMIT_AUTH: 'off' })).toEqual(['RATE_LIMIT_AUTH: must not be off in production']);
  });

  test('makes up no address for the links in mails in production, not even one that it would take if it were said', () => {
    expect(problems({ NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^PUBLIC_URL: is required: .*links in mails/)]);
    expect(problems({ NODE_ENV: 'production', PUBLIC_URL: 'http://localhost:8080' })).toEqual([]);
  });

  test('is told where the gateway listens by whoever starts it together with that one', () => {
    expect(problems({ NODE_ENV: 'production' }, AuthConfig)).toEqual([]);
    expect(problems({ NODE_ENV: 'production', RATE_LIMIT_AUTH: 'off' }, AuthConfig)).toHaveLength(1);
  });

  test('tells what production refuses together with everything else that is wrong', () => {
    const named = problems({ NODE_ENV: 'production', JWT_PRIVATE_KEY: '', RATE_LIMIT_AUTH: 'off' }).map((line) => line.split(':')[0]);
    expect(named.toSorted()).toEqual(['JWT_PRIVATE_KEY', 'PUBLIC_URL', 'RATE_LIMIT_AUTH']);
  });
});
