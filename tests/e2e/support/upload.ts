import type { TestAnswer } from '@commonpurse/shared/testing';
import { eventually } from './eventually.ts';
import type { Person } from './person.ts';

const boundary = 'commonpurse-test-boundary';

/** A multipart body of options and a file, as a browser's form sends it. */
export function multipart(file: Buffer, options: unknown, name = 'statement.csv'): { raw: Buffer; headers: Record<string, string> } {
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="options"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(options)}\r\n` +
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`;
  const raw = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { raw, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

function upload(person: Person, file: Buffer, options: unknown = {}): Promise<TestAnswer> {
  return person.call('POST', '/records/bulk-import', multipart(file, options));
}

const over = new Set(['done', 'failed', 'reverted']);

/** Uploads and waits until the job is over; the job. */
export async function importFile(person: Person, file: Buffer, options: unknown = {}): Promise<TestAnswer['body']> {
  const accepted = await upload(person, file, options);
  if (accepted.status !== 202) throw new Error(`upload: ${accepted.text}`);
  const { body } = await eventually(
    () => person.get(accepted.headers.location!),
    (job) => over.has(job.body.status),
  );
  return body;
}
