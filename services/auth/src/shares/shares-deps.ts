import type { AuthDeps } from '../auth-deps.ts';

/** What the use cases of shares work with. */
export type SharesDeps = Pick<AuthDeps, 'store' | 'clock' | 'peers' | 'installationKey' | 'changeUser' | 'audit'>;
