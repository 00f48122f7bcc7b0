import { type Delimiter, isBlank } from './csv-syntax.ts';
import { columnNamed, knownNames, mostFrequent, namedColumns } from './header.ts';
import type { Mapping } from './import-options.ts';
import { recordsOf, type Sample } from './sample.ts';

const candidates: readonly Delimiter[] = [';', ',', '\t', '|'];
const lookedAtChars = 64 * 1024;
const lookedAtRecords = 100;

/** What separates the cells. A first line `sep=;` (Excel) says it; else whatever makes the header's names come out, else what gives the
 *  most records of equal width, else the widest. */
export function guessDelimiter(sample: Sample, mapping: Mapping): Delimiter {
  const said = /^sep=(\t|[^\s\w])[\r\n]/i.exec(sample.text)?.[1];
  if (said !== undefined) return said;
  const looked: Sample = { text: sample.text.slice(0, lookedAtChars), whole: sample.whole && sample.text.length <= lookedAtChars };
  const ranked = candidates.map((delimiter) => ({ delimiter, marks: marksOf(looked, delimiter, mapping) }));
  return ranked.toSorted((a, b) => compare(b.marks, a.marks))[0]!.delimiter;
}

function marksOf(sample: Sample, delimiter: Delimiter, mapping: Mapping): readonly number[] {
  const { records } = recordsOf(sample, delimiter, lookedAtRecords);
  const named = namedColumns(mapping);
  const mapped = records.map((cells) => named.filter(({ sought }) => columnNamed(cells, sought) >= 0).length);
  const known = records.slice(0, 50).map(knownNames);
  const widths = records.filter((cells) => !isBlank(cells)).map((cells) => cells.length);
  const width = mostFrequent(widths.filter((each) => each > 1));
  const regular = widths.filter((each) => each === width).length;
  return [Math.max(0, ...mapped), Math.max(0, ...known), regular, width];
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((mark, index) => mark !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
};
