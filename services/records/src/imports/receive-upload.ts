import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy, { type Busboy, type FieldInfo, type FileInfo } from 'busboy';
import { invalid, parseOrRefuse, readStrictJson, Refusal } from '@commonpurse/shared/http';
import { z } from 'zod';
import { type BytesFacts, BytesWatch } from './encoding.ts';
import { chunkBytes } from './keep-upload.ts';
import { ImportOptionsBody } from './schemas.ts';

/** A file that was sent, once it is kept. */
export interface ReceivedUpload {
  readonly options: ImportOptionsBody;
  readonly name: string | null;
  readonly facts: BytesFacts;
  /** Its first piece: at most 256 KiB. */
  readonly first: Buffer;
  /** Hex. */
  readonly sha256: string;
}

interface Receiver {
  readonly maxBytes: number;
  /** Keeps bytes; resolves when there is room for more. */
  readonly take: (bytes: Buffer) => Promise<void>;
}

const optionsBytes = 64 * 1024;
/** Boundaries and headers of the parts. */
const wrappingBytes = 64 * 1024;

/** Reads a multipart body with the parts `file` and `options`, in any order, as a stream. Refuses: 400, 413, 415. */
export async function receiveUpload(req: IncomingMessage, receiver: Receiver): Promise<ReceivedUpload> {
  const declared = Number(req.headers['content-length'] ?? 0);
  const parser = openParser(req, receiver.maxBytes);
  const reading = new UploadReading(receiver);
  try {
    if (declared > receiver.maxBytes + optionsBytes + wrappingBytes) throw tooLarge(receiver.maxBytes);
    await reading.run(req, parser);
    return reading.result();
  } catch (error) {
    req.unpipe(parser);
    throw error;
  }
}

function openParser(req: IncomingMessage, maxBytes: number): Busboy {
  if (!/^multipart\/form-data\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
    throw new Refusal('unsupported-media-type', 'Send multipart/form-data with the parts `file` and `options`');
  }
  const limits = { fileSize: maxBytes + 1, files: 2, fields: 1, parts: 3, fieldSize: optionsBytes, fieldNameSize: 100, headerPairs: 20 };
  try {
    return busboy({ headers: req.headers, limits, defParamCharset: 'utf8' });
  } catch {
    throw invalid('', 'multipart-malformed', 'The multipart body has no boundary');
  }
}

const tooLarge = (maxBytes: number): Refusal => new Refusal('too-large', `A file may have ${maxBytes} bytes at most`);

/** What was read of one upload so far. */
class UploadReading {
  readonly #receiver: Receiver;
  readonly #watch = new BytesWatch();
  readonly #digest = createHash('sha256');
  #first = Buffer.alloc(0);
  #size = 0;
  #file: FileInfo | null = null;
  #options: ImportOptionsBody | null = null;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  run(req: IncomingMessage, parser: Busboy): Promise<void> {
    return new Promise((resolve, reject) => {
      let taking: Promise<unknown> = Promise.resolve();
      const attempt = (act: () => void): void => {
        try {
          act();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      parser.on('file', (name, stream, info) => {
        stream.on('error', () => undefined);
        attempt(() => {
          taking = Promise.all([taking, this.#part(name, stream, info)]);
          taking.catch(reject);
        });
      });
      parser.on('field', (name, value, info) => attempt(() => this.#field(name, value, info)));
      for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(limit, () => reject(tooManyParts()));
      parser.on('error', () => reject(invalid('', 'multipart-malformed', 'The multipart body is malformed or was cut off')));
      parser.on('close', () => void taking.then(() => resolve(), reject));
      req.on('close', () => req.complete || reject(invalid('', 'multipart-malformed', 'The upload was cut off')));
      req.pipe(parser);
    });
  }

  result(): ReceivedUpload {
    if (this.#file === null) throw invalid('/file', 'required', 'Send the file as the part `file`, with a file name');
    const { filename } = this.#file;
    return {
      options: this.#options ?? {},
      name: typeof filename === 'string' && filename !== '' ? filename.slice(0, 255) : null,
      facts: this.#watch.facts(),
      first: this.#first,
      sha256: this.#digest.digest('hex'),
    };
  }

  /** A part with a file name. Forms give one to whatever has a type of its own, so the options may have one, too. */
  #part(name: string | undefined, stream: Readable, info: FileInfo): Promise<void> {
    if (name === 'options') return this.#consumeOptions(stream);
    if (name !== 'file') throw unknownPart(name);
    if (this.#file !== null) throw tooManyParts();
    this.#file = info;
    return this.#consume(stream);
  }

  async #consumeOptions(stream: Readable): Promise<void> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      size += bytes.length;
      if (size > optionsBytes) throw optionsTooLong();
      pieces.push(bytes);
    }
    this.#readOptions(Buffer.concat(pieces).toString());
  }

  async #consume(stream: Readable): Promise<void> {
    const { maxBytes, take } = this.#receiver;
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      this.#size += bytes.length;
      if (this.#size > maxBytes) throw tooLarge(maxBytes);
      this.#watch.see(bytes);
      this.#digest.update(bytes);
      if (this.#first.length < chunkBytes) this.#first = Buffer.concat([this.#first, bytes.subarray(0, chunkBytes - this.#first.length)]);
      await take(bytes);
    }
  }

  #field(name: string | undefined, value: string, info: FieldInfo): void {
    if (name === 'file') throw invalid('/file', 'required', 'Send the file as a part with a file name');
    if (name !== 'options') throw unknownPart(name);
    if (info.valueTruncated) throw optionsTooLong();
    this.#readOptions(value);
  }

  /** A form sends a field that nobody has filled in as an empty text: as with a body, that is nothing. */
  #readOptions(text: string): void {
    if (this.#options !== null) throw tooManyParts();
    const read = readStrictJson(text === '' ? '{}' : text, 'The options are not JSON');
    if ('error' in read) {
      const error = { ...read.error, path: `/options${read.error.path}` };
      throw new Refusal('validation-failed', error.message, { errors: [error] });
    }
    this.#options = parseOrRefuse(OptionsPart, { options: read.value }).options;
  }
}

const OptionsPart = z.strictObject({ options: ImportOptionsBody });

const optionsTooLong = (): Refusal => invalid('/options', 'too-long', `The options may have ${optionsBytes} bytes at most`);
const tooManyParts = (): Refusal => invalid('', 'too-many-parts', 'Send one `file` and one `options`');
/** @param name undefined, whatever its type says, where a part has none */
const unknownPart = (name: string | undefined): Refusal =>
  invalid(`/${(name ?? '').slice(0, 100)}`, 'unknown-field', 'There is no such part; send `file` and `options`');
