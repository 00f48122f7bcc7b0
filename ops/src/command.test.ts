import { describe, expect, test } from '@jest/globals';
import { readCommand, UsageError } from './command.ts';

const read = (line: string) => readCommand(line.split(' ').filter((word) => word !== ''));

describe('A command line', () => {
  test.each([
    ['', { name: 'help' }],
    ['help', { name: 'help' }],
    ['status -h', { name: 'help' }],
    ['rebuild --help', { name: 'help' }],
    ['status', { name: 'status', json: false }],
    ['status --json', { name: 'status', json: true }],
    ['parked list', { name: 'parked list', services: 'all', json: false }],
    ['parked list budgets --json', { name: 'parked list', services: ['budgets'], json: true }],
    ['parked replay records a b a', { name: 'parked replay', service: 'records', ids: ['a', 'b'] }],
    ['parked drop --all auth', { name: 'parked drop', service: 'auth', ids: 'all' }],
    ['rebuild budgets', { name: 'rebuild', service: 'budgets', wait: true }],
    ['rebuild budgets --no-wait', { name: 'rebuild', service: 'budgets', wait: false }],
    ['make-admin ada@example.org', { name: 'make-admin', email: 'ada@example.org' }],
    ['rotate-keys', { name: 'rotate-keys', compromised: false }],
    ['rotate-keys --compromised', { name: 'rotate-keys', compromised: true }],
    ['reseal', { name: 'reseal' }],
  ])('%s is understood', (line, command) => {
    expect(read(line)).toEqual(command);
  });

  test.each([
    ['nothing', 'there is no command nothing'],
    ['constructor', 'there is no command constructor'],
    ['__proto__', 'there is no command __proto__'],
    ['status records', 'status does not know what to do with records'],
    ['status --all', 'status takes no --all'],
    ['status --jsn', "Unknown option '--jsn'"],
    ['status --json=1', "Option '--json' does not take an argument"],
    ['parked', 'parked takes list, replay or drop'],
    ['parked lose records', 'parked takes list, replay or drop'],
    ['parked list gateway', 'parked list takes a service: auth, records, budgets, notifications'],
    ['parked list auth a', 'parked list does not know what to do with a'],
    ['parked replay', 'parked replay takes a service: auth, records, budgets, notifications'],
    ['parked replay auth', 'parked replay takes either ids, as parked list shows them, or --all'],
    ['parked drop auth a --all', 'parked drop takes either ids, as parked list shows them, or --all'],
    ['parked drop auth a --json', 'parked drop takes no --json'],
    ['rebuild', 'rebuild takes a service: auth, records, budgets, notifications'],
    ['rebuild budgets now', 'rebuild does not know what to do with now'],
    ['make-admin', 'make-admin takes the address of an account'],
    ['make-admin ada', 'make-admin takes the address of an account'],
    ['make-admin a@b.c d@e.f', 'make-admin does not know what to do with d@e.f'],
    ['rotate-keys now', 'rotate-keys does not know what to do with now'],
    ['reseal --compromised', 'reseal takes no --compromised'],
  ])('%s is not: it says why in one line', (line, why) => {
    expect(() => read(line)).toThrow(new UsageError(why));
  });
});
