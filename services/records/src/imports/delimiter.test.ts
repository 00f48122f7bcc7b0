import { describe, expect, test } from '@jest/globals';
import { guessDelimiter } from './delimiter.ts';

const guessed = (text: string, mapping = {}): string => guessDelimiter({ text, whole: true }, mapping);

describe('what separates the cells of a file is', () => {
  test.each(['\n', '\r\n', '\r'])('what its first line says, whatever the others look like and however lines end: %j', (end) => {
    const others = ['a;b;c;d', 'a;b;c;d', 'a;b;c;d', '2026-05-01\t5.00;b;c;d', ''];
    expect(guessed(['sep=\t', ...others].join(end))).toBe('\t');
    expect(guessed(['sep=^', ...others].join(end))).toBe('^');
    expect(guessed(['Sep=^', ...others].join(end))).toBe('^');
  });
  test('what makes the names come out that were asked for, before names that are known', () => {
    const mapping = { date: 'wann', amount: 'wieviel' };
    expect(guessed('Date;Amount\nwann,wieviel\n2026-05-01,5\n', mapping)).toBe(',');
    expect(guessed('Date;Amount\nwann,wieviel\n2026-05-01,5\n')).toBe(';');
  });
  test('else what gives the most rows of one width, else the widest', () => {
    expect(guessed('Wann;Was;Wieviel\n1.5.2026;a,b,c,d;5\n2.5.2026;b;6\n')).toBe(';');
    expect(guessed('Wann,Was,Wieviel;x\n2026-05-01,a,5;x\n')).toBe(',');
  });
  test('not told by lines without any', () => {
    expect(guessed('Konto\nvon\nbis\nWann|Wieviel\n2026-05-01|5\n')).toBe('|');
  });
  test('found in a single line that nothing ends', () => {
    expect(guessed('2026-05-01|5|Bread')).toBe('|');
  });
});
