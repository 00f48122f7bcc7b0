import type { Doc } from '@commonpurse/shared/documents';
import type { TokenPurpose } from './mail-token.ts';
import type { Registration } from './registration.ts';

interface Asked extends Doc {
  /** `_id` of the address's claim, should there be one. */
  readonly address: string;
  readonly requestId: string;
  readonly ip: string;
  readonly at: string;
}
export interface LinkRequest extends Asked {
  readonly kind: TokenPurpose;
}
export interface RegistrationRequest extends Asked {
  readonly kind: 'register';
  readonly registration: Registration;
}

/** Somebody asked for something to be done for an address. Written for every address alike, known or not, and done afterwards: the answer
 *  takes the same time, says nothing, and what was asked is not lost. */
export type AddressRequest = LinkRequest | RegistrationRequest;
