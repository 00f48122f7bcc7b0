import { crc32 } from 'node:zlib';
import { documentOf, readJson } from './cold-values.ts';
import type { Disk, DiskFile } from './disk.ts';
import { StoreDamaged } from '../documents.ts';
import type { FileHeader } from './file-header.ts';
import { writeAll, writeHeader } from './file-header.ts';
import { isSound, LineBuffer } from './line.ts';
import { LineReader } from './line-reader.ts';
import type { Checksum } from './line.ts';
import { LineRun } from './line-run.ts';
import type { Loading } from './loading.ts';
import type { Place, Row } from './rows.ts';
import type { Segment } from './segment.ts';
import type { Table } from './table.ts';
import { TimeSlice } from '../time-slice.ts';

const WRITE_BYTES = 512 * 1024;
/** Cold documents copied with one read. */
const COPIED = 256;

/** The last line: how many documents there are, and a checksum over everything before it. */
interface Footer {
  readonly documents: number;
  readonly checksum: number;
}

/** Where a cold document lies in the new file. */
interface Move {
  readonly place: Place;
  readonly position: number;
  readonly bytes: number;
}
export interface WrittenSnapshot {
  readonly file: DiskFile;
  readonly bytes: number;
  readonly moves: readonly Move[];
}

/** Writes what is in a table now, in the order of the ids, in slices, while the table goes on changing: replaying the journals from `generation`
 *  on top gives the present. Synced when it resolves. */
export async function writeSnapshot(
  disk: Disk,
  path: string,
  table: Table,
  header: Omit<FileHeader, 'format' | 'commonpurse'>,
  isStopped: () => boolean,
): Promise<WrittenSnapshot> {
  const writer = new SnapshotWriter(await disk.create(path));
  try {
    writeHeader(writer.lines, { commonpurse: 'snapshot', ...header });
    if (table.cold) await copyCold(table, writer, isStopped);
    else await writeHot(table, writer, isStopped);
    return await writer.finish();
  } catch (error) {
    await writer.file.close();
    // a part of one is good for nothing, and has the room that the journal may need next
    await disk.remove(path).catch(() => {});
    throw error;
  }
}

async function writeHot(table: Table, writer: SnapshotWriter, isStopped: () => boolean): Promise<void> {
  const slice = new TimeSlice();
  for (const row of table.all()) {
    writer.add(JSON.stringify(row));
    if (writer.isFull) await writer.flush();
    else if (slice.isOver()) await slice.rest();
    if (isStopped()) throw new Stopped();
  }
}

async function copyCold(table: Table, writer: SnapshotWriter, isStopped: () => boolean): Promise<void> {
  let rows: Row[] = [];
  const copy = async (): Promise<void> => {
    const present = rows.filter((row) => table.get(row._id) === row);
    const places = present.map((row) => row.place as Place);
    const json = await readJson(present);
    for (const [at, row] of present.entries()) writer.copy(row, places[at] as Place, json[at] as Buffer);
    rows = [];
    await writer.flush();
    if (isStopped()) throw new Stopped();
  };
  for (const row of table.all()) if (rows.push(row) >= COPIED) await copy();
  await copy();
}

/** Closing the store doesn't wait for a compaction. */
export class Stopped extends Error {}

class SnapshotWriter {
  readonly file: DiskFile;
  readonly lines = new LineBuffer(WRITE_BYTES * 2);
  readonly #moves: Move[] = [];
  #documents = 0;
  #written = 0;
  #checksum = 0;

  constructor(file: DiskFile) {
    this.file = file;
  }
  get isFull(): boolean {
    return this.lines.size >= WRITE_BYTES;
  }
  add(json: string): void {
    this.#documents++;
    this.lines.add('p', 0, json);
  }
  copy(row: Row, place: Place, json: Buffer): void {
    this.#documents++;
    const bytes = place.pulled ? this.lines.add('p', 0, JSON.stringify(documentOf(row, json))) : this.lines.addBytes('p', 0, json);
    this.#moves.push({ place, position: this.#written + this.lines.size - bytes - 1, bytes });
  }
  async flush(): Promise<void> {
    const bytes = this.lines.filled();
    this.#checksum = crc32(bytes, this.#checksum);
    await writeAll(this.file, bytes, this.#written);
    this.#written += bytes.length;
    this.lines.clear();
  }
  async finish(): Promise<WrittenSnapshot> {
    await this.flush();
    const footer: Footer = { documents: this.#documents, checksum: this.#checksum };
    this.lines.add('f', 0, JSON.stringify(footer));
    await this.flush();
    await this.file.sync();
    return { file: this.file, bytes: this.#written, moves: this.#moves };
  }
}

/** Reads a whole snapshot; it is sound up to its footer, or refused. */
export async function readSnapshot(path: string, segment: Segment, checksum: Checksum, loading: Loading | null): Promise<number> {
  try {
    return await readWhole(path, segment, checksum, loading);
  } catch (error) {
    await findDamage(path, segment, checksum);
    throw error;
  }
}

/** The footer's checksum covers every line before it, so their own are not computed as well: that takes longer than all together. What was
 *  put into the table by then counts only when this resolves. */
async function readWhole(path: string, segment: Segment, checksum: Checksum, loading: Loading | null): Promise<number> {
  const size = await segment.file.size();
  const reader = new LineReader(segment.file, size, null);
  let documents = 0;
  let running = 0;
  let run = null as LineRun | null;
  const finishRun = (): void => {
    if (run === null) return;
    running = checksum(run.raw(), running);
    loading?.put(run, segment);
    run = null;
  };
  for (;;) {
    const state = reader.advance();
    if (state === 'more') {
      finishRun();
      await reader.refill(true);
      continue;
    }
    if (state !== 'line') throw damagedAt(path, reader);
    const { kind } = reader.line;
    if (kind === 'p') documents++;
    if (kind === 'p' && run?.add(reader) === true) continue;
    finishRun();
    if (kind === 'f') break;
    if (kind === 'p') run = new LineRun(reader);
    else running = checksum(reader.raw(), running);
  }
  if (!isSound(reader.buffer, reader.lineStart, reader.lineEnd, checksum)) throw damagedAt(path, reader);
  const footer = JSON.parse(reader.json()) as Footer;
  if (footer.documents !== documents || footer.checksum !== running || reader.position !== size) {
    throw new StoreDamaged(`${path} does not hold what its last line says (${footer.documents} documents)`);
  }
  return size;
}

/** Throws where the first line lies that is not sound, if there is one. */
async function findDamage(path: string, segment: Segment, checksum: Checksum): Promise<void> {
  const reader = new LineReader(segment.file, await segment.file.size(), checksum);
  do if ((await reader.next()) !== 'line') throw damagedAt(path, reader);
  while (reader.line.kind !== 'f');
}

const damagedAt = (path: string, { position }: LineReader): StoreDamaged => new StoreDamaged(`${path} is damaged at byte ${position}`);
