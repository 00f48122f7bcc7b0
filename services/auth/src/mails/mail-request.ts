import type { Doc } from '@commonpurse/shared/documents';
import type { TokenPurpose } from '../accounts/mail-token.ts';

/** Somebody asked for a mail to an address. Written for every address alike, known or not, and answered afterwards: the answer takes
 *  the same time, says nothing, and is not lost. */
export interface MailRequest extends Doc {
  readonly kind: TokenPurpose;
  /** `_id` of the address's claim, should there be one. */
  readonly address: string;
  readonly requestId: string;
  readonly at: string;
}
