import type { Documents } from '@commonpurse/shared/documents';
import { type Clock, createRepetition, type Job, type ServiceDeps } from '@commonpurse/shared/service';
import { behindPages, type FeedPage, pageId } from './entry.ts';
import { readLastSeq } from './read-entries.ts';

interface PruneDeps {
  readonly pages: Documents<FeedPage>;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  readonly keep?: Keep;
}
/** A frame is kept while it is young or among the newest. */
interface Keep {
  readonly ageMs: number;
  readonly entries: number;
}

const keepAsPromised: Keep = { ageMs: 7 * 24 * 3_600_000, entries: 10_000 };
const everyMs = 3_600_000;
const pagesAtOnce = 200;

/** Takes away what nobody can ask for any more. Several instances may do it at once. */
export function createFeedPruning({ clock, log, ...deps }: PruneDeps): Job {
  const run = (stopping: AbortSignal): Promise<void> => pruneFeeds({ ...deps, clock }, stopping);
  const failed = (error: unknown): void => log.warn({ err: error }, 'old frames could not be taken away; trying again later');
  return { name: 'feed-pruning', ...createRepetition({ clock, everyMs, run, failed }) };
}

/** @param stopping aborts when the rest may wait for the next time */
export async function pruneFeeds(deps: Omit<PruneDeps, 'log'>, stopping?: AbortSignal): Promise<void> {
  for await (const page of oldestPages(deps.pages)) {
    if (stopping?.aborted) return;
    await pruneUser(deps, page);
  }
}

/** Each user's oldest page: one step through the ids per user. */
async function* oldestPages(pages: Documents<FeedPage>): AsyncGenerator<FeedPage> {
  let behind = '';
  for (;;) {
    const [page] = await pages.find({ _id: { $gt: behind } }, { sort: [['_id', 1]], limit: 1 });
    if (page === undefined) return;
    yield page;
    behind = behindPages(page.userId);
  }
}

/** Oldest first, so that what is left has no gap, whenever it ends. */
async function pruneUser({ pages, clock, keep = keepAsPromised }: Omit<PruneDeps, 'log'>, oldest: FeedPage): Promise<void> {
  const { userId } = oldest;
  const olderThan = new Date(clock.now() - keep.ageMs).toISOString();
  if (oldest.changedAt >= olderThan) return;
  const last = (await readLastSeq(pages, userId)) - keep.entries;
  for (;;) {
    const some = await pages.find(
      { _id: { $gte: pageId(userId, 0), $lt: behindPages(userId) } },
      { sort: [['_id', 1]], limit: pagesAtOnce },
    );
    const kept = some.findIndex((page) => page.last > last || page.changedAt >= olderThan);
    const old = kept === -1 ? some : some.slice(0, kept);
    if (old.length > 0) await pages.remove(old.map((page) => page._id));
    if (old.length < pagesAtOnce) return;
  }
}
