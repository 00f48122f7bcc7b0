import { describe, expect, test } from '@jest/globals';
import { scaleIn } from './scale.ts';

describe('The scale', () => {
  test.each([
    [[], { auth: 1, records: 1, budgets: 1, notifications: 1 }],
    [['--scale', 'records=2,notifications=3'], { auth: 1, records: 2, budgets: 1, notifications: 3 }],
    [['--scale=records=2', '--scale', 'auth=9'], { auth: 9, records: 2, budgets: 1, notifications: 1 }],
  ])('is one of each unless told: %j', (args, scale) => {
    expect(scaleIn(args)).toEqual(scale);
  });

  test.each([
    [['--scale'], '--scale:  is not like records=2'],
    [['--scale', 'records'], 'records is not like records=2'],
    [['--scale', 'records=two'], 'records=two is not like'],
    [['--scale', 'toString=2'], 'toString=2 is not like'],
    [['--scale', 'records=0'], 'records can have 1 to 9 instances'],
    [['--scale', 'records=10'], 'records can have 1 to 9 instances'],
    [['--scale', 'gateway=2'], 'there is one gateway'],
    [['--port', '1'], '--port is no option'],
  ])('that makes no sense is refused in one line: %j', (args, said) => {
    expect(() => scaleIn(args)).toThrow(said);
  });
});
