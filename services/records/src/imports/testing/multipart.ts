import type { TestAnswer, TestClient } from '@commonpurse/shared/testing';

export interface Part {
  readonly name: string;
  readonly content: string | Buffer;
  readonly fileName?: string;
  readonly type?: string;
}

const boundary = 'boundary-of-the-tests';

/** A multipart/form-data body. */
export const multipart = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, content, fileName, type }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n` +
          `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);

export const multipartType = `multipart/form-data; boundary=${boundary}`;

export const filePart = (content: string | Buffer, fileName = 'statement.csv'): Part => ({
  name: 'file',
  content,
  fileName,
  type: 'text/csv',
});
export const optionsPart = (options: unknown): Part => ({ name: 'options', content: JSON.stringify(options) });
/** As a browser's form sends a Blob. */
export const optionsFile = (content: string): Part => ({ name: 'options', content, fileName: 'blob', type: 'application/json' });

/** Sends these parts to bulk-import. */
export const upload = (client: TestClient, parts: readonly Part[], headers: Record<string, string> = {}): Promise<TestAnswer> =>
  client.post('/records/bulk-import', undefined, { raw: multipart(parts), headers: { 'content-type': multipartType, ...headers } });

/** Sends a file with options. */
export const uploadFile = (client: TestClient, content: string | Buffer, options: unknown = {}, headers: Record<string, string> = {}) =>
  upload(client, [optionsPart(options), filePart(content)], headers);
