import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Observation } from '../http/create-app.ts';
import { notFound } from '../http/problem.ts';
import { Refusal } from '../http/refusal.ts';
import { createLogger, createSecurityLogger } from './create-logger.ts';
import { auditRefusals, createSecurityLog, type SecurityEvent, securityStream } from './security-log.ts';

const collecting = () => {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }) };
};

describe('the security log', () => {
  test('writes events by their name, and tells who listens', () => {
    const { lines, log } = collecting();
    const heard: SecurityEvent[] = [];
    const audit = createSecurityLog(log, (event) => heard.push(event));
    audit.info('authn_login_success', { requestId: 'r1', userId: 'ada' });
    audit.warn('authn_login_fail', { requestId: 'r2', account: 'f00d' });
    expect(lines.map(({ level, event, requestId, msg }) => [level, event, requestId, msg])).toEqual([
      [30, 'authn_login_success', 'r1', 'authn_login_success'],
      [40, 'authn_login_fail', 'r2', 'authn_login_fail'],
    ]);
    expect(heard).toEqual(['authn_login_success', 'authn_login_fail']);
  });

  test('writes nothing but facts, whatever comes along with them', () => {
    const { lines, log } = collecting();
    const caller = { userId: 'ada', sessionId: 's', person: { email: 'ada@home.example' }, grants: ['everything'] };
    createSecurityLog(log).info('authn_two_factor_begun', { ...caller, requestId: 'r' });
    const { level: _level, time: _time, pid: _pid, hostname: _hostname, ...told } = lines[0]!;
    const event = 'authn_two_factor_begun';
    expect(told).toEqual({ event, userId: 'ada', sessionId: 's', requestId: 'r', msg: event });
  });

  test('has a stream of its own where it was given one, and otherwise says in the other what it is', () => {
    const [own, other] = [collecting(), collecting()];
    securityStream({ securityLog: own.log, log: other.log }, 'auth').info('own');
    securityStream({ log: other.log }, 'auth').info('other');
    expect(own.lines).toMatchObject([{ msg: 'own', service: 'auth' }]);
    expect(other.lines).toMatchObject([{ msg: 'other', service: 'auth', stream: 'security' }]);
  });

  test('is a file beside the log, and tells everything whatever the level of that is', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'logs-'));
    const log = await createLogger({ level: 'error', name: 'commonpurse', dir });
    const security = await createSecurityLogger({ level: 'error', name: 'security', dir });
    log.info('not written');
    createSecurityLog(security).info('authn_login_success', { requestId: 'r', userId: 'ada' });
    createSecurityLog(await createSecurityLogger({ level: 'silent', name: 'security', dir })).info('authn_login_fail', { requestId: 'r' });
    const read = async (): Promise<string> => {
      const name = (await readdir(dir)).find((file) => file.startsWith('security.'));
      // it is made in the background
      return name === undefined ? '' : readFile(join(dir, name), 'utf8');
    };
    while (!(await read()).includes('\n')) await new Promise((resolve) => setImmediate(resolve));
    expect(JSON.parse(await read())).toMatchObject({ name: 'security', stream: 'security', event: 'authn_login_success', userId: 'ada' });
    await rm(dir, { recursive: true });
  });
});

describe('a refused request', () => {
  const seen = (facts: Partial<Observation>): Record<string, unknown>[] => {
    const { lines, log } = collecting();
    const request = { method: 'GET', route: '/records/:id', durationMs: 1, requestId: 'r', userId: 'ada', error: null, status: 200 };
    auditRefusals(createSecurityLog(log))({ ...request, ...facts });
    return lines.map(({ level, event, userId, reason }) => ({ level, event, userId, reason }));
  };

  test.each([
    [403, new Refusal('forbidden', ''), 40, 'forbidden'],
    [403, new Refusal('insufficient-scope', ''), 40, 'insufficient-scope'],
    [404, notFound(), 30, 'not-found'],
  ])('with %i is written down with who asked for what', (status, error, level, code) => {
    expect(seen({ status, error })).toEqual([{ level, event: 'authz_fail', userId: 'ada', reason: `${code}: GET /records/:id` }]);
  });

  test.each([
    ['was answered', {}],
    ['is nobody’s', { status: 403, error: new Refusal('forbidden', ''), userId: null }],
    ['is of another kind', { status: 403, error: new Refusal('invalid-code', '', { status: 403 }) }],
    ['broke', { status: 404, error: new Error('bug') }],
  ])('that %s is not', (_what, facts) => {
    expect(seen(facts)).toEqual([]);
  });
});
