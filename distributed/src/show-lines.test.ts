import { describe, expect, test } from '@jest/globals';
import { showLine } from './show-lines.ts';

const plain = { width: 9, coloured: false };
const entry = (fields: object): string => JSON.stringify({ level: 30, time: '2026-03-04T05:06:07.089Z', name: 'auth', pid: 7, ...fields });

describe('A line on the console', () => {
  test('of a log says who, when, how bad, what, and the facts', () => {
    expect(showLine(plain, 0, 'auth-1', entry({ msg: 'ready', port: 1, why: 'it can' }))).toBe(
      'auth-1    | 05:06:07.089 info  ready port=1 why=it can',
    );
    expect(showLine(plain, 0, 'auth-1', entry({ level: 50, msg: 'oh', err: { message: 'broken', stack: 'long' } }))).toBe(
      'auth-1    | 05:06:07.089 error oh why=broken',
    );
  });
  test.each(['plain words', '{ not JSON', '{"a":1}', '[1]'])('that is no log entry stays as it is: %s', (line) => {
    expect(showLine(plain, 0, 'gateway', line)).toBe(`gateway   | ${line}`);
  });
  test('is coloured on a terminal: each process in its own hue, and warnings', () => {
    const coloured = { width: 3, coloured: true };
    expect(showLine(coloured, 1, 'abc', 'x')).toBe('\u001b[32mabc |\u001b[0m x');
    expect(showLine(coloured, 0, 'abc', entry({ level: 40, msg: 'm' }))).toContain('\u001b[33mwarn \u001b[0m m');
    expect(showLine(coloured, 0, 'abc', entry({ level: 35, msg: 'm' }))).toContain('05:06:07.089       m');
  });
});
