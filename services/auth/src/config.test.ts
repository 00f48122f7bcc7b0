import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, loadConfig } from '@commonpurse/shared/service';
import { AuthConfig } from './config.ts';
import { testSecrets } from './testing/start-auth.ts';

const problems = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(AuthConfig, { ...testSecrets, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
};

describe('the configuration of auth', () => {
  test('needs nothing but its secrets', () => {
    expect(loadConfig(AuthConfig, testSecrets)).toMatchObject({
      PUBLIC_URL: 'http://localhost:8080',
      RATE_LIMIT_AUTH: { failuresPerMinute: 10, callsPerMinute: 60 },
    });
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
    expect(problems({ RATE_LIMIT_AUTH: 'off', NODE_ENV: 'production' })).toEqual(['RATE_LIMIT_AUTH: must not be off in production']);
  });
});
