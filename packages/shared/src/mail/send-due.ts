/** Mails that are owed. Where they are kept, and what is written of a try, is the matter of who owes them. */
export interface OwedMails<M> {
  /** Some of those that are due; fewer than `limit` are the last. What was tried is none of them any more, whatever came of it. */
  readonly due: (limit: number) => Promise<readonly M[]>;
  /** Resolves when it was sent, or failed for reasons of its own, which says nothing of the next. Rejects where the next would fare no better: no server
   *  takes any, or no store keeps what came of it and each would go twice. */
  readonly attempt: (mail: M) => Promise<void>;
}

const atOnceMax = 20;

/** One round: tries what is due until nothing is. The first alone, for it tells whether there is a server: of ten thousand mails each would wait for
 *  one that is not there. Rejects as `attempt` does, when all that had begun is over. */
export async function sendDue<M>({ due, attempt }: OwedMails<M>, stopping: AbortSignal): Promise<void> {
  for (let limit = 1, isMore = true; isMore && !stopping.aborted; limit = atOnceMax) {
    const mails = await due(limit);
    const tried = await Promise.allSettled(mails.map(attempt));
    const failed = tried.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    isMore = mails.length === limit;
  }
}
