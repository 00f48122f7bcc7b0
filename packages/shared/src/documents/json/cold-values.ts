import { StoreDamaged } from '../documents.ts';
import { onWhoseBehalf } from '../on-behalf-of.ts';
import { HEADER_BYTES, isSound } from './line.ts';
import type { Place, Row } from './rows.ts';
import type { Segment } from './segment.ts';
import type { Table } from './table.ts';
import { TimeSlice } from '../time-slice.ts';

/** Documents lying this close together are read with one call. */
const GAP_BYTES = 4096;
const READ_MAX_BYTES = 1024 * 1024;

interface Wanted {
  readonly row: Row;
  readonly position: number;
  readonly bytes: number;
  readonly segment: Segment;
  json: Buffer;
}

/** Reads the documents of cold rows from where they lie, as they are now; by position, null for those removed since. Some are as large as a request, so
 *  others get their turn in between. */
export async function readCold(table: Table, rows: readonly Row[]): Promise<(Row | null)[]> {
  const wanted = rows.map((row) => {
    const current = table.get(row._id);
    return current?.place ? wantedOf(current, current.place) : null;
  });
  await readAll(wanted.filter((one) => one !== null));
  const slice = new TimeSlice(onWhoseBehalf());
  const documents: (Row | null)[] = [];
  for (const one of wanted) {
    if (documents.length > 0 && slice.isOver()) await slice.rest();
    documents.push(one ? documentOf(one.row, one.json) : null);
  }
  return documents;
}

const wantedOf = (row: Row, { segment, position, bytes }: Place): Wanted => ({ row, position, bytes, segment, json: Buffer.alloc(0) });

/** What lies on the disk, with the outbox and hash that memory knows better. */
export function documentOf(row: Row, json: Buffer): Row {
  const doc = JSON.parse(json.toString()) as Row;
  if (!row.place?.pulled) return doc;
  doc.outbox = row.outbox ?? [];
  if (row.historyHash !== undefined) doc.historyHash = row.historyHash;
  return doc;
}

/** The JSON of cold rows as it lies on the disk, in the order asked for. */
export async function readJson(rows: readonly Row[]): Promise<Buffer[]> {
  const wanted = rows.map((row) => wantedOf(row, row.place as Place));
  await readAll(wanted);
  return wanted.map((one) => one.json);
}

async function readAll(wanted: readonly Wanted[]): Promise<void> {
  for (const one of wanted) one.segment.acquire();
  try {
    await Promise.all(runsOf(wanted).map(readRun));
  } finally {
    for (const one of wanted) await one.segment.release();
  }
}

/** Neighbours in one file, together. */
function runsOf(wanted: readonly Wanted[]): Wanted[][] {
  const bySegment = Map.groupBy(wanted, (one) => one.segment);
  return [...bySegment.values()].flatMap((group) => {
    const runs: Wanted[][] = [];
    for (const one of group.toSorted((a, b) => a.position - b.position)) {
      const run = runs.at(-1);
      const last = run?.at(-1);
      const near = last && one.position - (last.position + last.bytes) <= GAP_BYTES;
      if (run && near && one.position + one.bytes - (run[0]?.position ?? 0) <= READ_MAX_BYTES) run.push(one);
      else runs.push([one]);
    }
    return runs;
  });
}

async function readRun(run: readonly Wanted[]): Promise<void> {
  const [first] = run;
  const from = (first?.position ?? 0) - HEADER_BYTES;
  const end = Math.max(...run.map((one) => one.position + one.bytes + 1));
  const buffer = await first?.segment.read(from, end - from);
  for (const one of run) if (buffer) one.json = jsonIn(buffer, one, one.position - from);
}

/** The start has found the line sound, which may be long ago; a compaction gives what it reads here a new checksum. */
function jsonIn(buffer: Buffer, { row, position, bytes }: Wanted, at: number): Buffer {
  const end = at + bytes;
  if (isSound(buffer, at - HEADER_BYTES, end + 1)) return buffer.subarray(at, end);
  throw new StoreDamaged(`${row._id} is damaged where it lies on the disk, at byte ${position}`);
}
