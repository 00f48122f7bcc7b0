import type { Doc } from '@commonpurse/shared/documents';

/** Gives an address to one account for good: `_id` is `email:<address, trimmed, lower case>`, so that two can't have it.
 *  A claim decides nothing by itself; one whose account was never written is taken over by whoever registers next. */
export interface AddressClaim extends Doc {
  readonly userId: string;
}
