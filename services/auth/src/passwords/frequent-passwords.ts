import { readFileSync } from 'node:fs';

const newline = 0x0a;

const shippedList = new URL('./frequent-passwords.txt', import.meta.url);

/** Whether a password (in lower case) is in the shipped list: sorted lines, searched where they lie, so that nothing is built at start. */
export function openFrequentPasswords(): (lowered: string) => boolean {
  let lines: Buffer | null = null;
  return (lowered) => {
    lines ??= readFileSync(shippedList);
    return hasLine(lines, Buffer.from(lowered));
  };
}

/** Binary search for a whole line in lines that are sorted by their bytes. */
function hasLine(lines: Buffer, wanted: Buffer): boolean {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const start = startOfLine(lines, Math.floor((low + high) / 2));
    const end = endOfLine(lines, start);
    const order = Buffer.compare(lines.subarray(start, end), wanted);
    if (order === 0) return true;
    if (order < 0) low = end + 1;
    else high = start;
  }
  return false;
}

const startOfLine = (lines: Buffer, at: number): number => (at === 0 ? 0 : lines.lastIndexOf(newline, at - 1) + 1);

function endOfLine(lines: Buffer, start: number): number {
  const end = lines.indexOf(newline, start);
  return end === -1 ? lines.length : end;
}
