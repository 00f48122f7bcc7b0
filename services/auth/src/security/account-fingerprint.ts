import { hash } from 'node:crypto';

/** Names an address in the log without writing it down. */
export const accountFingerprint = (addressId: string): string => hash('sha256', addressId, 'hex').slice(0, 16);
