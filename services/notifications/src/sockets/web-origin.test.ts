import { describe, expect, test } from '@jest/globals';
import { originAllowed } from './web-origin.ts';

const nobody = { allowed: [], publicUrl: null };
const atHome = ['localhost:8080', '127.0.0.1:8080', '[::1]:8080'];

describe('a page may open a socket', () => {
  test('of the loopback address that the request was addressed to, of no other', () => {
    for (const host of atHome) {
      expect(originAllowed(nobody, `http://${host}`, host)).toBe(true);
      for (const other of atHome) expect(originAllowed(nobody, `http://${other}`, host)).toBe(other === host);
      expect(originAllowed(nobody, `http://${host.replace('8080', '3000')}`, host)).toBe(false);
    }
  });

  test('but not of a name that somebody made resolve to loopback, however the request is addressed', () => {
    const names = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', '0.0.0.0', '192.168.0.2'];
    for (const name of names)
      for (const host of [`${name}:8080`, ...atHome]) expect(originAllowed(nobody, `http://${name}:8080`, host)).toBe(false);
  });

  test('that says what it is', () => {
    for (const origin of ['null', '', 'file://', 'localhost:8080', 'http://localhost:8080/', 'http://LOCALHOST:8080', 'about:blank'])
      expect(originAllowed(nobody, origin, 'localhost:8080')).toBe(false);
    expect(originAllowed(nobody, 'http://localhost:8080', undefined)).toBe(false);
  });

  test('of the public address and the origins that the operator names, and then of no other', () => {
    const rule = { allowed: ['https://app.example'], publicUrl: 'https://money.example/base' };
    for (const origin of ['https://app.example', 'https://money.example']) expect(originAllowed(rule, origin, 'money.example')).toBe(true);
    for (const origin of ['https://evil.example', 'http://money.example', 'https://app.example:444', 'http://localhost:8080'])
      expect(originAllowed(rule, origin, 'localhost:8080')).toBe(false);
  });

  test('and a program that is no browser may', () => expect(originAllowed(nobody, undefined, 'anywhere')).toBe(true));
});
