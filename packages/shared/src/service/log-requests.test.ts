import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Observation } from '../http/create-app.ts';
import { RequestAborted } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';
import { StoreUnavailable } from '../documents/documents.ts';
import { logRequests } from './log-requests.ts';

const good: Observation = { method: 'GET', route: '/x/:id', status: 200, durationMs: 1.23456, requestId: 'r', userId: 'ada', error: null };
const lineOf = (observation: Partial<Observation>, level = 'debug'): Record<string, unknown> | null => {
  let line: Record<string, unknown> | null = null;
  const log = pino({ level }, { write: (text) => void (line = JSON.parse(text) as Record<string, unknown>) });
  const measured: Observation[] = [];
  logRequests(log, (one) => measured.push(one))({ ...good, ...observation });
  expect(measured).toHaveLength(1);
  return line;
};

test.each<[string, Partial<Observation>, number, object]>([
  ['what went well', {}, 20, { msg: 'answered', route: '/x/:id', requestId: 'r', userId: 'ada', durationMs: 1.23 }],
  ['a 304', { status: 304 }, 20, { msg: 'answered' }],
  ['a refusal', { status: 404, error: new Refusal('not-found', 'no') }, 30, { msg: 'refused', code: 'not-found' }],
  ['a refusal told in the answer itself', { status: 426 }, 30, { msg: 'answered' }],
  [
    'an outage',
    { status: 503, error: new StoreUnavailable('disk full') },
    40,
    { msg: 'refused', code: 'service-unavailable', why: 'disk full' },
  ],
  ['a bug', { status: 500, error: new TypeError('oh') }, 50, { msg: 'failed', err: expect.objectContaining({ message: 'oh' }) }],
  ['a stream that broke after its head was sent', { error: new Error('half') }, 50, { msg: 'failed' }],
  ['a client that went away', { status: 499, error: new RequestAborted('gone') }, 30, { msg: 'failed' }],
  [
    'a client that stopped listening',
    { error: Object.assign(new Error('x'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }) },
    30,
    { msg: 'failed' },
  ],
])('The log has a line for %s', (_, observation, level, expected) => {
  expect(lineOf(observation)).toMatchObject({ level, ...expected });
});

test('What went well is not written where nobody wants it', () => {
  expect(lineOf({}, 'info')).toBeNull();
});
