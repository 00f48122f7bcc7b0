import type { User } from '../accounts/user.ts';
import { isOn } from '../two-factor/two-factor.ts';
import type { ProfileView } from './schemas.ts';

/** An account as its owner sees it. */
export const profileView = (user: User): ProfileView => ({
  id: user._id,
  email: user.email,
  role: user.role,
  ...user.profile,
  twoFactorEnabled: isOn(user.twoFactor),
  createdAt: user.createdAt,
  version: user.profileVersion,
});
