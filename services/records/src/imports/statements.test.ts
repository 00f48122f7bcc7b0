import { Buffer } from 'node:buffer';
import { describe, expect, test } from '@jest/globals';
import { formatAmount } from '@commonpurse/shared/money';
import { RecordSplitter } from './csv-records.ts';
import { BytesWatch, chooseEncoding, TextSource } from './encoding.ts';
import type { ImportOptions } from './import-options.ts';
import { createRowJudge, type RowVerdict } from './import-row.ts';
import { planImport } from './plan.ts';
import { germanStatements, type Statement } from './testing/statements.ts';
import { statementsElsewhere } from './testing/statements-elsewhere.ts';
import { englishStatements } from './testing/statements-in-english.ts';
import { programStatements } from './testing/statements-of-programs.ts';
import { europeanStatements } from './testing/statements-of-europe.ts';
import { statementsThatSayTheirCurrency } from './testing/statements-that-say-their-currency.ts';

function bytesOf({ encoding, text }: Statement): Buffer {
  const lines = `${text.replaceAll('\n', '\r\n')}\r\n`;
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${lines}`, 'utf16le');
  if (encoding === 'windows-1252') return Buffer.from(lines.replaceAll('\u20ac', '\u0080'), 'latin1');
  return Buffer.from(encoding === 'utf-8' ? lines : `\ufeff${lines}`);
}

function shown(verdict: RowVerdict): string[] {
  if (verdict.kind === 'blank') return [];
  if (verdict.kind === 'failed') return [verdict.errors.map(({ path, code }) => `${path} ${code}`).join(', ')];
  const { date, type, amountMinor, currency, description } = verdict.content;
  return [
    `${date} ${type === 'expense' ? '-' : '+'}${formatAmount(amountMinor, currency)} ${currency} ${description.replaceAll('\r', '')}`,
  ];
}

describe('what nobody says anything about is read as a person reads it', () => {
  test.each(
    [
      germanStatements,
      europeanStatements,
      englishStatements,
      statementsElsewhere,
      programStatements,
      statementsThatSayTheirCurrency,
    ].flat(),
  )('$name', (statement) => {
    const { currency, invertSign = false, rows } = statement;
    const options: ImportOptions = { mapping: {}, defaults: {}, invertSign, dryRun: false, onDuplicate: 'skip' };
    const bytes = bytesOf(statement);
    const watch = new BytesWatch();
    watch.see(bytes);
    const source = new TextSource(chooseEncoding(watch.facts(), undefined));
    const text = source.text(bytes) + source.text();
    const plan = planImport({ text, whole: true }, options, currency);
    const splitter = new RecordSplitter(plan.delimiter);
    const records = [...splitter.take(text), ...splitter.end()].slice(plan.headerRow);
    expect(records.map(createRowJudge(plan, options, '2026-05-14')).flatMap(shown)).toEqual(rows);
  });
});
