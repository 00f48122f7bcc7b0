import type { Place } from '../../tests/e2e/support/person.ts';
import { multipart } from '../../tests/e2e/support/upload.ts';
import { sendRequest } from '@commonpurse/shared/testing';
import { setTimeout as delay } from 'node:timers/promises';

const categories = ['Food', 'Rent', 'Travel', 'Health', 'Fun', 'Home', 'Car', 'Gifts', 'Pets', 'Other'];

/** A bank's statement of so many rows over three years, in the order of their dates, ten categories. */
function statement(rows: number): Buffer {
  const lines = ['Date,Amount,Currency,Description,Category'];
  for (let row = 0; row < rows; row += 1) {
    const date = new Date(Date.UTC(2022, 0, 1 + Math.floor((row * 1096) / rows))).toISOString().slice(0, 10);
    lines.push(`${date},-${(row % 9000) + 1}.${String(row % 100).padStart(2, '0')},EUR,Payment number ${row},${categories[row % 10]}`);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** Imports it and waits until it is done; the milliseconds from the upload's start. Throws when a row was not taken. */
export async function importStatement(place: Place, token: string, rows: number): Promise<number> {
  const file = statement(rows);
  const startedAt = performance.now();
  const accepted = await sendRequest(place.url, 'POST', '/records/bulk-import', { token, ...multipart(file, { onDuplicate: 'import' }) });
  if (accepted.status !== 202) throw new Error(`import: ${accepted.text}`);
  for (;;) {
    const { status, body } = await sendRequest(place.url, 'GET', accepted.headers.location!, { token });
    if (status !== 200) throw new Error(`import: asked how far it is, ${status}`);
    if (body.status === 'done' && body.rows.imported === rows) return performance.now() - startedAt;
    if (body.status === 'done' || body.status === 'failed') throw new Error(`import: ${JSON.stringify(body).slice(0, 500)}`);
    await delay(20);
  }
}
