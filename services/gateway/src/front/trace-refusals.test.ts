import { expect, test } from '@jest/globals';
import { Refusal } from '@commonpurse/shared/http';
import { createSecurityLog } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { createRefusalTrace } from './trace-refusals.ts';

const clock = fakeClock();
const lines: Record<string, unknown>[] = [];
const log = pino({}, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
const trace = createRefusalTrace({ audit: createSecurityLog(log), clock });
const visit = (code: 'unauthenticated' | 'rate-limited' | 'not-found', address: string, path = '/records/1'): void =>
  trace(new Refusal(code, ''), { requestId: 'r', address, path, headers: [] });
const written = (): unknown[] => lines.splice(0).map(({ event, ip, reason, times }) => [event, ip, reason, times]);

test('a refusal at the door leaves a trace, a flood of them one a minute with how many there were', () => {
  visit('unauthenticated', '198.51.100.4');
  expect(written()).toEqual([['authn_token_invalid', '198.51.100.4', '/records', 1]]);
  for (let n = 0; n < 1000; n++) visit('unauthenticated', '198.51.100.4');
  expect(written()).toEqual([]);
  visit('rate-limited', '198.51.100.4', '/');
  visit('unauthenticated', '203.0.113.7');
  expect(written()).toEqual([
    ['excess_rate_limit_exceeded', '198.51.100.4', '/', 1],
    ['authn_token_invalid', '203.0.113.7', '/records', 1],
  ]);
  clock.advance(60_000);
  visit('unauthenticated', '198.51.100.4');
  expect(written()).toEqual([['authn_token_invalid', '198.51.100.4', '/records', 1001]]);
});

test('a household is one, and other refusals are nobody’s attack', () => {
  visit('unauthenticated', '2001:db8:1:2::1');
  visit('unauthenticated', '2001:db8:1:2::2');
  visit('not-found', '192.0.2.1');
  expect(written()).toHaveLength(1);
});

test('of very many networks the oldest are forgotten', () => {
  for (let n = 0; n < 10_001; n++) visit('rate-limited', `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  expect(written()).toHaveLength(10_001);
  visit('rate-limited', '10.0.0.0');
  visit('rate-limited', '10.0.0.255');
  expect(written()).toEqual([['excess_rate_limit_exceeded', '10.0.0.0', '/records', 1]]);
});
