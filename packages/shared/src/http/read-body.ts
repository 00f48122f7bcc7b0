import type { IncomingMessage } from 'node:http';
import { Gathered } from './gathered.ts';
import { invalid, Refusal } from './refusal.ts';
import { readStrictJson } from './strict-json.ts';

/** Of any JSON body, at the door and in a service. */
export const jsonBytesMax = 1024 * 1024;

/** The client went away in the middle of its body, or of a long search: there is nobody to answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] === undefined ? headers['transfer-encoding'] !== undefined : headers['content-length'] !== '0';

/** The JSON body; `{}` when there is none, but a merge patch has to be there (RFC 7396). Throws 413, 415 or 400. */
export async function readJsonBody(req: IncomingMessage, mergePatch: boolean): Promise<unknown> {
  if (!hasBody(req)) return absentBody(mergePatch);
  const declared = req.headers['content-length'];
  checkMediaType(req, mergePatch);
  if (declared !== undefined && Number(declared) > jsonBytesMax) throw tooLarge();
  const bytes = await collect(req);
  if (bytes.length === 0) return absentBody(mergePatch);
  const read = readStrictJson(decode(bytes));
  if ('value' in read) return read.value;
  throw new Refusal('validation-failed', read.error.message, { errors: [read.error] });
}

function absentBody(mergePatch: boolean): unknown {
  if (mergePatch) throw invalid('', 'required', 'Send what is to be changed as a JSON object');
  return {};
}

function checkMediaType(req: IncomingMessage, mergePatch: boolean): void {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const known = type.trim() === 'application/json' || (mergePatch && type.trim() === 'application/merge-patch+json');
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!known || !utf8) throw new Refusal('unsupported-media-type', 'Send JSON in UTF-8 as application/json');
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Refusal('unsupported-media-type', 'Send the body without compression');
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const error = { path: '', code: 'malformed-json', message: 'The body is not UTF-8' };
    throw new Refusal('validation-failed', error.message, { errors: [error] });
  }
}

function collect(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = new Gathered();
    const settle = (act: () => void): void => {
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      act();
    };
    const onData = (chunk: Buffer): void => {
      if (body.length + chunk.length > jsonBytesMax) settle(() => reject(tooLarge()));
      else body.add(chunk);
    };
    const onEnd = (): void => settle(() => resolve(body.bytes));
    const onClose = (): void => settle(() => reject(new RequestAborted('the client went away')));
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

const tooLarge = (): Refusal => new Refusal('too-large', `A JSON body may have ${jsonBytesMax} bytes`);
