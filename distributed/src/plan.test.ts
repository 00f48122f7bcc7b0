import { describe, expect, test } from '@jest/globals';
import { type LauncherConfig, loadLauncherConfig } from './config.ts';
import { planProcesses, portsNeeded } from './plan.ts';
import { scaleIn } from './scale.ts';

const servers = { MONGODB_URL: 'mongodb://m', RABBITMQ_URL: 'amqp://r', REDIS_URL: 'redis://r' };
const keys = { JWT_PRIVATE_KEY: 'pem', INTERNAL_KEY: 'internal', ENCRYPTION_KEYS: 'k1:x' };
const scale = scaleIn(['--scale', 'records=2']);
const plan = (env: Record<string, string>) => {
  const config: LauncherConfig = loadLauncherConfig({ ...servers, ...env });
  const ports = Array.from({ length: portsNeeded(scale) }, (_, at) => 20_000 + at);
  return planProcesses({ config, scale, env: { ...servers, ...env }, keys, ports });
};
const named = (plans: ReturnType<typeof plan>, name: string) => plans.find((each) => each.name === name)!;

describe('The plan', () => {
  test('has a process for each instance, each at ports of its own, the gateway where it is wanted', () => {
    const plans = plan({ PORT: '8085' });
    expect(plans.map(({ name }) => name)).toEqual(['gateway', 'auth-1', 'records-1', 'records-2', 'budgets-1', 'notifications-1']);
    const places = plans.flatMap(({ url, adminUrl }) => [url, adminUrl]);
    expect(new Set(places).size).toBe(12);
    expect(plans[0]).toMatchObject({ url: 'http://127.0.0.1:8085', env: { PORT: '8085', HOST: '127.0.0.1' } });
    expect(plan({ PORT: '0', HOST: '::1' })[0]).toMatchObject({ url: 'http://[::1]:20000', env: { PORT: '20000', HOST: '::1' } });
  });

  test('lets nobody else in but by the gateway, wherever that listens', () => {
    const plans = plan({ HOST: '0.0.0.0', PORT: '8085' });
    expect(plans.map(({ env }) => env['HOST'])).toEqual(['0.0.0.0', ...Array<string>(5).fill('127.0.0.1')]);
    expect(plans.map(({ adminUrl }) => new URL(adminUrl).hostname)).toEqual(Array(6).fill('127.0.0.1'));
  });

  test('tells everyone where all instances are', () => {
    const plans = plan({});
    const both = `${named(plans, 'records-1').url},${named(plans, 'records-2').url}`;
    for (const { env } of plans) expect(env).toMatchObject({ RECORDS_URL: both, AUTH_URL: named(plans, 'auth-1').url });
  });

  test('gives each secret to those who need it only', () => {
    const plans = plan({ JWT_PRIVATE_KEY: '', INTERNAL_KEY: '' });
    const secretsOf = (name: string) => Object.keys(named(plans, name).env).filter((each) => each in keys);
    expect(secretsOf('gateway')).toEqual(['INTERNAL_KEY']);
    expect(secretsOf('auth-1').toSorted()).toEqual(['ENCRYPTION_KEYS', 'INTERNAL_KEY', 'JWT_PRIVATE_KEY']);
    expect(secretsOf('records-2').toSorted()).toEqual(['ENCRYPTION_KEYS', 'INTERNAL_KEY']);
  });

  test('hands on what was set, makes links lead to the gateway, and keeps the logs of instances apart', () => {
    const plans = plan({ RATE_LIMIT_USER: 'off', PORT: '8085', LOG_DIR: '/logs' });
    expect(named(plans, 'notifications-1').env).toMatchObject({ RATE_LIMIT_USER: 'off', PUBLIC_URL: 'http://127.0.0.1:8085' });
    expect(named(plans, 'records-2').env).toMatchObject({ LOG_DIR: '/logs/records-2' });
    expect(named(plans, 'records-2').env).not.toHaveProperty('PUBLIC_URL');
    expect(named(plan({ PUBLIC_URL: 'https://purse.example' }), 'auth-1').env).toMatchObject({ PUBLIC_URL: 'https://purse.example' });
    expect(named(plan({ MALLOC_ARENA_MAX: '8' }), 'auth-1').env).toMatchObject({ MALLOC_ARENA_MAX: '8' });
  });
});

describe('What the launcher reads', () => {
  const problemsOf = (env: Record<string, string>): string[] => {
    try {
      loadLauncherConfig(env);
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').map((line) => line.split(':')[0]!);
    }
  };
  test('are the three servers, and what every service reads', () => {
    expect(problemsOf({})).toEqual(['MONGODB_URL', 'RABBITMQ_URL', 'REDIS_URL']);
    expect(() => loadLauncherConfig({})).toThrow(/RABBITMQ_URL: is required: .*amqp:/);
    expect(() => loadLauncherConfig({ ...servers, AUTH_URL: 'http://x' })).toThrow(/^AUTH_URL: is chosen here for each process$/);
    expect(problemsOf({ ...servers, AUTH_URL: 'http://x', ADMIN_PORT: '1', RATE_LIMIT_AUTH: 'few' }).toSorted()).toEqual([
      'ADMIN_PORT',
      'AUTH_URL',
      'RATE_LIMIT_AUTH',
    ]);
  });
  test('are the secrets too in production', () => {
    const missing = ['ENCRYPTION_KEYS', 'INTERNAL_KEY', 'JWT_PRIVATE_KEY'];
    expect(problemsOf({ ...servers, NODE_ENV: 'production' }).toSorted()).toEqual(missing);
  });
});
