import type { Documents } from '@commonpurse/shared/documents';
import { behindPages, contiguousAfter, type FeedEntry, type FeedPage, pageId } from './entry.ts';

/** Reads users' feeds. */
export interface FeedReader {
  /** 0 for a feed without entries. */
  lastSeq(userId: string): Promise<number>;
  /** The next entries behind `seq`, in order, without a gap; [] at the end; `gone` when the next one is kept no more. */
  after(userId: string, seq: number): Promise<readonly FeedEntry[] | 'gone'>;
}

const entriesMax = 256;

export const createFeedReader = (pages: Documents<FeedPage>): FeedReader => ({
  lastSeq: (userId) => readLastSeq(pages, userId),
  after: (userId, seq) => readAfter(pages, userId, seq),
});

export async function readLastSeq(pages: Documents<FeedPage>, userId: string): Promise<number> {
  const [newest] = await pages.find({ _id: { $gte: pageId(userId, 0), $lt: behindPages(userId) } }, { sort: [['_id', -1]], limit: 1 });
  return newest?.last ?? 0;
}

async function readAfter(pages: Documents<FeedPage>, userId: string, seq: number): Promise<readonly FeedEntry[] | 'gone'> {
  const near = await readNear(pages, userId, seq);
  if (near.length > 0) return near;
  if ((await readLastSeq(pages, userId)) <= seq) return [];
  // what has been appended in between is not gone
  const appended = await readNear(pages, userId, seq);
  return appended.length > 0 ? appended : 'gone';
}

/** The entries behind `seq` as far as they follow without a gap. A page is named by its first number: so many of one entry each are read, or two that
 *  are full. */
async function readNear(pages: Documents<FeedPage>, userId: string, seq: number): Promise<readonly FeedEntry[]> {
  const next = pageId(userId, seq + 1);
  const following = await pages.find({ _id: { $gte: next, $lt: pageId(userId, seq + 1 + entriesMax) } }, { sort: [['_id', 1]] });
  // Usually the reader stands at the end of a page; in the middle of one, that page begins further ahead.
  const around =
    following[0]?.first === seq + 1
      ? []
      : await pages.find({ _id: { $gte: pageId(userId, 0), $lt: next } }, { sort: [['_id', -1]], limit: 1 });
  return contiguousAfter(seq, [...around, ...following]).slice(0, entriesMax);
}
