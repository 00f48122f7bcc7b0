import type { Caller } from './endpoint.ts';
import type { IfMatch } from './etag.ts';

/** Which document a request is to change, for whom and on which condition. */
export interface ChangeTarget {
  readonly id: string;
  readonly caller: Caller;
  /** The versions of which it must have one; null: whichever. */
  readonly ifMatch: IfMatch;
  readonly requestId: string;
}

/** @param request of an endpoint whose path names the document as `:id` */
export const targetOf = ({
  params,
  caller,
  ifMatch,
  requestId,
}: Omit<ChangeTarget, 'id'> & { readonly params: { readonly id: string } }): ChangeTarget => ({
  id: params.id,
  caller,
  ifMatch,
  requestId,
});
