import type { User } from '../accounts/user.ts';
import type { ProfileView } from './schemas.ts';

/** An account as its owner sees it. */
export const profileView = (user: User): ProfileView => ({
  id: user._id,
  email: user.email,
  role: user.role,
  ...user.profile,
  twoFactorEnabled: false,
  createdAt: user.createdAt,
  version: user.profileVersion,
});
