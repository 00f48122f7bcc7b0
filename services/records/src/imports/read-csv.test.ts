import { describe, expect, test } from '@jest/globals';
import { FileProblem } from './file-problem.ts';
import { readCsv } from './read-csv.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
interface How {
  readonly encoding?: string;
  readonly width?: number;
  readonly size?: number;
}
async function rowsOf(file: string | Buffer, { encoding = 'utf-8', width = 2, size = 256 * 1024 }: How = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const rows of readCsv(pieces(Buffer.from(file), size), { encoding, delimiter: ';', width }))
    found.push(...rows.map(({ number, cells }) => `${number} ${cells.join('|')}`));
  return found;
}
async function problemOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FileProblem)) throw new Error('no problem');
  return `${error.code}: ${error.message}`;
}
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('The rows of a file', () => {
  test.each(['\n', '\r\n', '\r'])('are all there, also the last one that nothing ends, where lines end with %j', async (end) => {
    expect(await rowsOf(['a;b', '1;2', '3;4'].join(end))).toEqual(['1 a|b', '2 1|2', '3 3|4']);
    expect(await rowsOf(['a;b', '1;2', '3', ''].join(end))).toEqual(['1 a|b', '2 1|2', '3 3']);
  });

  test('are counted as records, blank ones and those with line ends in their cells included', async () => {
    expect(await rowsOf('a;b\n\n"1\r\n\r\n1";2\n \n3;4')).toEqual(['1 a|b', '2 ', '3 1\r\n\r\n1|2', '4  ', '5 3|4']);
  });

  test.each([
    ['utf-8', Buffer.from('\ufeffä;€\n😀;\ufeffx\n')],
    ['utf-16le', Buffer.from('\ufeffä;€\n😀;\ufeffx\n', 'utf16le')],
    ['utf-16be', swapped('\ufeffä;€\n😀;\ufeffx\n')],
  ])('in %s are the same wherever the bytes were cut; a byte order mark is one at the beginning only', async (encoding, bytes) => {
    for (const size of [1, 2, 3, 5, 100]) expect(await rowsOf(bytes, { encoding, size })).toEqual(['1 ä|€', '2 😀|\ufeffx']);
  });

  test('are the same across what is read in one go', async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => `€${at};"x\n😀"`);
    expect(await rowsOf(rows.join('\r\n'))).toEqual(rows.map((_, at) => `${at + 1} €${at}|x\n😀`));
  });

  test.each([
    ['utf-8', Buffer.from('a;b\n1;€').subarray(0, -1)],
    ['utf-16le', Buffer.from('a;b\n1;€', 'utf16le').subarray(0, -1)],
    ['utf-16be', swapped('a;b\n1;😀').subarray(0, -2)],
  ])('that end within a character of %s are refused', async (encoding, bytes) => {
    expect(await problemOf(rowsOf(bytes, { encoding }))).toContain('wrong-encoding');
  });

  test('whose last one was cut off are refused, but not where it is blank or ends', async () => {
    expect(await problemOf(rowsOf('a;b;c\n"1\n1";2;3\n4;5', { width: 3 }))).toContain('last-line-torn: Record 3 is cut off');
    for (const end of ['\n', '\r', '\r\n', '\n ', '\n;']) expect(await rowsOf(`a;b;c\n4;5${end}`, { width: 3 })).toContain('2 4|5');
  });

  test('let others have their turn while they are read', async () => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    turn();
    await rowsOf('a;b\n'.repeat(256 * 1024), { size: 1024 * 1024 });
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(16);
  });
});
