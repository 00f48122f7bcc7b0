import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { handedBack, introduced, introducedUpgrade } from './forwarded-headers.ts';
import { ambiguousPath, isOpen, serviceFor } from './route-table.ts';
import { createTargets } from './targets.ts';

describe('the route table', () => {
  test.each([
    ['/records', 'records'],
    ['/records/1?x=/auth', 'records'],
    ['/.well-known/jwks.json', 'auth'],
    ['/users/profile', 'auth'],
    ['/ws?since=1', 'notifications'],
    ['/notifications', 'notifications'],
    ['/admin/users/1', 'auth'],
    ['/auth/login', 'auth'],
    ['/categories', 'records'],
    ['/currencies/rates', 'records'],
    ['/budgets/1/progress', 'budgets'],
    ['/internal/people/1', null],
    ['/health/ready', null],
    ['/constructor', null],
    ['/', null],
    ['', null],
  ])('sends %s to %s', (path, service) => {
    expect(serviceFor(path)).toBe(service);
  });
  test('knows what anyone may call', () => {
    const open = 'register verify-email resend-verification login verify-2fa refresh forgot-password reset-password'.split(' ');
    const own = 'logout sessions change-password enable-2fa disable-2fa recovery-codes api-keys ws-ticket login/x'.split(' ');
    expect([...open, ...own].filter((call) => isOpen(`/auth/${call}`))).toEqual(open);
    expect(['/.well-known/jwks.json', '/.well-known/x', '/records', '/ws'].map(isOpen)).toEqual([true, false, false, false]);
    expect(['/docs', '/openapi.json', '/problems/not-found', '/health/live', '/verify-email'].filter((path) => !isOpen(path))).toEqual([]);
  });
});

describe('a path', () => {
  test.each([
    '//records',
    '/records/../internal',
    '/records/%2e%2e/internal',
    '/records/%2E./x',
    '/a%2fb',
    '/a%5Cb',
    '/a\\b',
    '/a%00',
    '/a%zz',
    'records',
    '/./a',
    '/a\u0001',
    '/a\u001f',
    '/a\u007f',
    '/auth/login#x',
    '/records#',
  ])('%p is ambiguous', (path) => {
    expect(ambiguousPath(path)).toBe(true);
  });
  test.each(['/', '/records', '/.well-known/jwks.json', '/records/a%20b', '/a%C3%A9', '/a..b', '/a/', '/a\u0080', '/a\u009f'])(
    '%p is plain',
    (path) => {
      expect(ambiguousPath(path)).toBe(false);
    },
  );
});

describe('forwarded headers', () => {
  test('keep what the client may say and replace what only the gateway may', () => {
    const headers = {
      host: 'h',
      authorization: 'Bearer x',
      'idempotency-key': 'k',
      'x-user-id': 'evil',
      'x-forwarded-for': '1.1.1.1',
      forwarded: 'for=1.1.1.1',
      'x-client-address': '9.9.9.9',
      connection: 'X-Client-Address, close',
      te: 'trailers',
      upgrade: 'h2c',
      'x-request-id': 'spoofed',
      'x-http-method-override': 'DELETE',
    };
    expect(introduced(headers, { requestId: 'r', address: '203.0.113.9' })).toEqual({
      host: 'h',
      authorization: 'Bearer x',
      'idempotency-key': 'k',
      'x-request-id': 'r',
      'x-client-address': '203.0.113.9',
    });
  });
  test.each(
    [
      'forwarded via x-forwarded-host x-forwarded-proto x-real-ip true-client-ip cf-connecting-ip x-client-ip x-client-cert',
      'x-user-role x-internal-request x-original-url x-rewrite-url x-http-method x-method-override',
      'connection keep-alive proxy-connection proxy-authorization te trailer upgrade expect',
    ].flatMap((names) => names.split(' ')),
  )('leave out %s, which is not the client’s to say further on', (name) => {
    expect(introduced({ [name]: 'x' }, { requestId: 'r', address: 'a' })).toEqual({ 'x-request-id': 'r', 'x-client-address': 'a' });
  });
  test.each(['accept', 'x-forwarded', 'x-real-ip-2', 'my-x-user-id', 'x-username', 'viaduct', 'if-match'])('keep %s', (name) => {
    expect(introduced({ [name]: 'x' }, { requestId: 'r', address: 'a' })).toHaveProperty([name], 'x');
  });
  test('of an upgrade still ask for one', () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'x-real-ip': '1.1.1.1', 'x-client-address': 'spoofed' };
    expect(introducedUpgrade(headers, { requestId: 'r', address: 'a' })).toEqual({
      connection: 'Upgrade',
      upgrade: 'websocket',
      'x-request-id': 'r',
      'x-client-address': 'a',
    });
  });
  test('of an answer are whatever the door has not said, and end the connection as the client asked', () => {
    const answer = [
      'ETag',
      '"1"',
      'x-request-id',
      'theirs',
      'Connection',
      'close',
      'Keep-Alive',
      'timeout=5',
      'Set-Cookie',
      'a',
      'Set-Cookie',
      'b',
    ];
    const theirs = ['ETag', '"1"', 'Set-Cookie', 'a', 'Set-Cookie', 'b'];
    const own = ['X-Request-Id', 'mine', 'X-Note', 'ETag'];
    expect(handedBack(answer, { own, closing: false }, false)).toEqual([...own, 'Connection', 'keep-alive', ...theirs]);
    expect(handedBack(answer, { own, closing: true }, false)).toEqual([...own, 'Connection', 'close', ...theirs]);
  });
  test('of an answer say nothing of chunks to a client that knows none', () => {
    const answer = ['Transfer-Encoding', 'chunked', 'ETag', '"1"'];
    expect(handedBack(answer, { own: [], closing: true }, true)).toEqual(['Connection', 'close', 'ETag', '"1"']);
  });
});

describe('targets', () => {
  test('take turns and pass over one that refused, until it has rested', () => {
    const clock = fakeClock();
    const targets = createTargets(() => ['a', 'b', 'c'], clock);
    expect([1, 2, 3, 4].map(() => targets.next('records'))).toEqual(['a', 'b', 'c', 'a']);
    targets.failed('b');
    expect([1, 2, 3].map(() => targets.next('records'))).toEqual(['c', 'c', 'a']);
    clock.advance(1_000);
    expect(targets.next('records')).toBe('b');
  });
  test('that all refused are tried all the same', () => {
    const targets = createTargets(() => ['a'], fakeClock());
    targets.failed('a');
    expect(targets.next('auth')).toBe('a');
  });
  test('nobody knows of are not available', () => {
    expect(() => createTargets(() => [], fakeClock()).next('auth')).toThrow(expect.objectContaining({ code: 'service-unavailable' }));
  });
});
