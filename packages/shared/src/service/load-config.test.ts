import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigInvalid, loadConfig, loadParts, variable } from './load-config.ts';

const Config = z.object({
  PORT: variable.port(8080),
  SIZE: variable.integer(1, 10).optional(),
  FLAG: variable.flag(true),
  URL: variable.url('http', 'https').optional(),
  URLS: variable.urls('http'),
  NAMES: variable.list(),
  LOG_LEVEL: variable.logLevel(),
  KEY: z.string().min(16, 'has at least 16 characters'),
});
const KEY = 'k'.repeat(16);
const problemsOf = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    loadConfig(Config, env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  return [];
};

describe('Configuration', () => {
  test('has defaults, and takes an empty variable for none', () => {
    expect(loadConfig(Config, { KEY, PORT: '', FLAG: '', PATH: '/bin' })).toEqual({
      KEY,
      PORT: 8080,
      FLAG: true,
      URLS: [],
      NAMES: [],
      LOG_LEVEL: 'info',
    });
  });

  test('is parsed', () => {
    const env = {
      KEY,
      PORT: '0',
      SIZE: '10',
      FLAG: 'FALSE',
      URL: 'https://x.example/',
      URLS: 'http://a:1, http://b:2',
      NAMES: ' a,,b ',
      LOG_LEVEL: 'debug',
    };
    expect(loadConfig(Config, env)).toEqual({
      KEY,
      PORT: 0,
      SIZE: 10,
      FLAG: false,
      URL: 'https://x.example',
      URLS: ['http://a:1', 'http://b:2'],
      NAMES: ['a', 'b'],
      LOG_LEVEL: 'debug',
    });
    expect(loadConfig(Config, { KEY, FLAG: '0' }).FLAG).toBe(false);
    expect(['0', '1', '10', '11'].map((SIZE) => problemsOf({ KEY, SIZE }).length)).toEqual([1, 0, 0, 1]);
  });

  test.each([' https://x.example/ ', 'https://x.example\r', 'https:x.example', 'HTTPS://X.Example/'])(
    'hands on the URL that was understood, not what was typed: %j',
    (URL) => {
      expect(loadConfig(Config, { KEY, URL }).URL).toBe('https://x.example');
    },
  );

  test('hands on addresses of services as paths are put behind them, and refuses what would get lost of one', () => {
    expect(loadConfig(Config, { KEY, URLS: 'http://127.0.0.1:8081/, HTTP://Auth:8080' }).URLS).toEqual([
      'http://127.0.0.1:8081',
      'http://auth:8080',
    ]);
    for (const URLS of ['http://a/auth', 'http://a:1/?x', 'http://ann:secret@a', 'http://a,http://b/#c'])
      expect(problemsOf({ KEY, URLS })).toEqual(['URLS: is one or more URLs (http) without a path, comma separated']);
  });

  test('leaves what is in a URL as it is', () => {
    const smtp = variable.url('smtp', 'smtps');
    for (const url of ['smtp://ann%40x.example:p%2Fw@Mail.example:587', 'smtps://mail.example/?pool=true'])
      expect(smtp.parse(url)).toBe(url);
    expect(variable.url('https').parse('https://x.example/purse/')).toBe('https://x.example/purse');
  });

  test('lets uploads have 50 MiB unless told', () => {
    expect(variable.uploadBytes().parse(undefined)).toBe(52_428_800);
  });

  test('that is wrong is told in one line a problem, which names the variable and never its value', () => {
    const secret = 'hunter2';
    const env = { KEY: secret, PORT: '99999', SIZE: 'many', FLAG: 'maybe', URL: 'ftp://x', URLS: 'http://a,b', LOG_LEVEL: 'loud' };
    const problems = problemsOf(env);
    expect(problems.map((line) => line.split(':')[0])).toEqual(['PORT', 'SIZE', 'FLAG', 'URL', 'URLS', 'LOG_LEVEL', 'KEY']);
    expect(problems.join(' ')).not.toMatch(/hunter2|99999|many|maybe|ftp:\/\/x|loud/);
    expect(problems.every((line) => !line.includes('\n'))).toBe(true);
  });

  test('that is missing is said to be required', () => {
    expect(problemsOf({})).toEqual(['KEY: is required']);
  });

  test.each(['-1', '1.5', '1e3', '0x10', ' 80', '65536', 'http'])('refuses %j for a port', (PORT) => {
    expect(problemsOf({ KEY, PORT })).toEqual(['PORT: is a port from 0 to 65535']);
  });

  test('may have rules across variables', () => {
    const Pair = z.object({ A: z.string().optional(), B: z.string().optional() }).refine(({ A, B }) => !A === !B, 'A and B go together');
    expect(() => loadConfig(Pair as unknown as z.ZodObject, { A: 'x' })).toThrow('environment: A and B go together');
  });
});

describe('Configuration of several parts', () => {
  const parts = { a: Config, b: z.object({ KEY: z.string(), PORT: variable.port(), OTHER: z.string().optional() }) };

  test('is read from one environment', () => {
    expect(loadParts(parts, { KEY, PORT: '1', OTHER: 'x' })).toMatchObject({ a: { KEY, PORT: 1 }, b: { KEY, PORT: 1, OTHER: 'x' } });
  });

  test('tells all problems, and of a variable that several read once', () => {
    expect(() => loadParts(parts, { PORT: 'x' })).toThrow(new ConfigInvalid(['PORT: is a port from 0 to 65535', 'KEY: is required']));
  });

  test('excuses what is still to be made, as long as it is not there and wrong', () => {
    expect(loadParts({ a: Config }, {}, ['KEY']).a).toBeUndefined();
    expect(() => loadParts({ a: Config }, { KEY: 'short' }, ['KEY'])).toThrow('KEY: has at least 16 characters');
  });
});

describe('An address to listen at', () => {
  const read = (text: string): unknown => variable.address('127.0.0.1').safeParse(text).data;
  test('is a port, on loopback unless told', () => {
    expect(read('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(read('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 });
    expect(read('[::]:0')).toEqual({ host: '::', port: 0 });
    expect(['here', '127.0.0.1:', '1:65536', '-1'].map(read)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('The origins whose pages are let in', () => {
  const read = (text: string): unknown => variable.origins().safeParse(text).data;
  test('are told as browsers tell them, and nothing that no page could have', () => {
    expect(read('https://app.example, http://localhost:5173')).toEqual(['https://app.example', 'http://localhost:5173']);
    expect(['https://app.example/', 'https://App.example', 'https://app.example, https://x.example:443', '*', 'null'].map(read)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });
});

describe('The limits of what is open without a session', () => {
  const read = (text: string | undefined): unknown => variable.authLimits().safeParse(text).data;
  test('are failures and calls a minute, or off, and never none at all', () => {
    expect(read(undefined)).toEqual({ failuresPerMinute: 10, callsPerMinute: 60 });
    expect(read('5,600')).toEqual({ failuresPerMinute: 5, callsPerMinute: 600 });
    expect(read('off')).toBeNull();
    expect(['0,60', '10,0', '10', '10,60,1', '-1,60', 'none'].map(read)).toEqual(Array.from({ length: 6 }, () => undefined));
  });
});
