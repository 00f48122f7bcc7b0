import { crc32 } from 'node:zlib';
import { StoreDamaged } from '../documents.ts';
import type { Disk } from './disk.ts';
import { replaceFile } from './replace-file.ts';

/** The newest layout of a store's folder that this code knows. */
const FORMAT = 1;

interface Contents {
  readonly commonpurse: 'store';
  readonly format: number;
  readonly collections: readonly string[];
  /** By collection, the newest journal that has been begun; absent where that is the first one, and in what older versions have written. */
  readonly journals?: Readonly<Record<string, number>>;
  /** By collection, a batch that was there at the last proper end; absent where nothing has been written before one, and in what older versions
   *  have written. */
  readonly last?: Readonly<Record<string, number>>;
  /** CRC-32 of the same line without it; absent in what older versions have written. */
  readonly checksum?: number;
}
type Listed = Required<Pick<Contents, 'collections' | 'journals' | 'last'>>;

/** What a store's folder says it holds, so that a file that went missing is noticed instead of being taken for a new collection. */
export class Manifest {
  readonly #disk: Disk;
  readonly #directory: string;
  #listed: Listed;
  /** One change after the other. */
  #last: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, directory: string, listed: Listed) {
    this.#disk = disk;
    this.#directory = directory;
    this.#listed = listed;
  }

  /** Reads it, or makes it in an empty folder. Rejects with `StoreDamaged` when it is missing beside data, or newer than this code. */
  static async open(disk: Disk, directory: string): Promise<Manifest> {
    const names = await disk.list(directory);
    if (names.includes('store.json')) {
      const { collections, journals = {}, last = {} } = await read(disk, directory);
      return new Manifest(disk, directory, { collections, journals, last });
    }
    if (names.some((name) => /\.jsonl(\.bak)?$/.test(name))) {
      throw new StoreDamaged(`${directory}/store.json is missing though there is data: bring it back from a backup`);
    }
    const made = new Manifest(disk, directory, { collections: [], journals: {}, last: {} });
    await made.#save(made.#listed);
    return made;
  }
  has(collection: string): boolean {
    return this.#listed.collections.includes(collection);
  }
  /** Resolves once it is durable. */
  add(collection: string): Promise<void> {
    return this.#change((listed) => ({ ...listed, collections: [...listed.collections, collection] }));
  }
  /** The generation of the newest journal that has ever been written to: older ones alone are not everything. */
  newestJournal(collection: string): number {
    return this.#listed.journals[collection] ?? 0;
  }
  /** That journal is there, and may be written to once this resolves. After a rejection nobody knows whether it is listed. */
  beginJournal(collection: string, generation: number): Promise<void> {
    return this.#change((listed) => ({ ...listed, journals: { ...listed.journals, [collection]: generation } }));
  }
  /** The last batch that a proper end has counted, 0 when none has: a journal that does not come to it was cut since. */
  lastOf(collection: string): number {
    return this.#listed.last[collection] ?? 0;
  }
  /** Counts what has been written, collection by collection, at a proper end. It must be synced. */
  async noteLast(ends: readonly (readonly [collection: string, batch: number | null])[]): Promise<void> {
    const written = ends.filter((end): end is readonly [string, number] => end[1] !== null);
    if (written.length > 0) await this.#change((listed) => ({ ...listed, last: { ...listed.last, ...Object.fromEntries(written) } }));
  }

  #change(update: (listed: Listed) => Listed): Promise<void> {
    const changed = this.#last.then(() => this.#save(update(this.#listed)));
    this.#last = changed.catch(() => {});
    return changed;
  }
  async #save(listed: Listed): Promise<void> {
    const contents: Contents = { commonpurse: 'store', format: FORMAT, ...listed };
    await replaceFile(this.#disk, `${this.#directory}/store.json`, rendered(contents));
    this.#listed = listed;
  }
}

const rendered = (contents: Contents): string =>
  `${JSON.stringify({ ...contents, checksum: crc32(JSON.stringify(contents)) } satisfies Contents)}\n`;

async function read(disk: Disk, directory: string): Promise<Contents> {
  const path = `${directory}/store.json`;
  const file = await disk.open(path);
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  await file.close();
  const contents = parse(bytes.toString());
  if (contents === null) throw new StoreDamaged(`${path} is damaged: bring it back from a backup`);
  if (contents.format > FORMAT) {
    throw new StoreDamaged(
      `${path} was written by a newer version (format ${contents.format}, this one reads up to ${FORMAT}): start that version`,
    );
  }
  return contents;
}

function parse(text: string): Contents | null {
  try {
    const contents = JSON.parse(text) as Partial<Contents>;
    const sound = contents.commonpurse === 'store' && typeof contents.format === 'number' && Array.isArray(contents.collections);
    const { checksum, ...summed } = contents;
    const isWhole = checksum === undefined || checksum === crc32(JSON.stringify(summed));
    return sound && isWhole ? (contents as Contents) : null;
  } catch {
    return null;
  }
}
