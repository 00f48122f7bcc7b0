import type { Draft } from '@commonpurse/shared/documents';
import type { User } from './user.ts';

const nothing = { displayName: '', baseCurrency: '', locale: '', timeZone: '', monthStartDay: 1 };

/** Somebody was here: what is left of an account, so that it can be told again that they are gone. To all others there is no such person, and
 *  no way leads in. */
export const erasedUser = ({ _id, version, profileVersion, createdAt }: User): Draft<User> => ({
  _id,
  version: version + 1,
  email: '',
  verifiedAt: null,
  status: 'disabled',
  role: 'user',
  passwordHash: '',
  profile: nothing,
  search: [],
  profileVersion,
  personVersion: 0,
  createdAt,
  tokens: [],
  sessions: [],
  devices: [],
  mails: [],
  mailedAt: {},
});

/** No address is empty. */
export const isErased = ({ email }: Pick<User, 'email'>): boolean => email === '';
