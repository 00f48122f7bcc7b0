import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestAnswer } from '@commonpurse/shared/testing';
import { multipart } from '../../e2e/support/upload.ts';
import { day, type Member } from './household.ts';

const rowsEach = 400;

/** A member who imports one statement after the other, and waits for each. */
interface Importer {
  readonly member: Member;
  /** Descriptions of rows whose import was said to be done. */
  readonly imported: Set<string>;
  readonly broken: string[];
  readonly running: Promise<void>;
  stop(): void;
}

export function createImporter(member: Member, imported: Set<string>, broken: string[]): Importer {
  let stopped = false;
  const settled = async (ask: () => Promise<TestAnswer>): Promise<TestAnswer> => {
    for (;;) {
      const answer = await ask().catch(() => null);
      if (answer !== null && answer.status < 500 && answer.status !== 409) return answer;
      await delay(100);
    }
  };
  const importOne = async (): Promise<void> => {
    const tag = randomUUID();
    const descriptions = Array.from({ length: rowsEach }, (_, row) => `row ${row} of ${tag}`);
    const lines = descriptions.map((description) => `${day},${description},-0.01,EUR,Food`);
    const { raw, headers } = multipart(Buffer.from(`Date,Description,Amount,Currency,Category\n${lines.join('\n')}\n`), {});
    const call = { raw, headers: { ...headers, 'idempotency-key': tag } };
    const accepted = await settled(async () => (await member.now()).call('POST', '/records/bulk-import', call));
    if (accepted.status !== 202) return void broken.push(`bulk-import answered ${accepted.text}`);
    for (;;) {
      const { status, body, text } = await settled(async () => (await member.now()).get(accepted.headers.location!));
      if (status !== 200 || body.status === 'failed') return void broken.push(`an import: ${text}`);
      if (body.status !== 'done') {
        await delay(100);
        continue;
      }
      if (body.rows.imported !== rowsEach) broken.push(`an import of ${rowsEach} rows says ${JSON.stringify(body.rows)}`);
      for (const description of descriptions) imported.add(description);
      return;
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped) await importOne();
  };
  return { member, imported, broken, running: run(), stop: () => void (stopped = true) };
}
