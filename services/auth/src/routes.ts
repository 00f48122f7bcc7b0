import type { Endpoint } from '@commonpurse/shared/http';
import { accountRoutes } from './accounts/routes.ts';
import { adminRoutes } from './admins/routes.ts';
import { apiKeyRoutes } from './api-keys/routes.ts';
import type { AuthDeps } from './auth-deps.ts';
import { keyRoutes } from './keys/routes.ts';
import { passwordRoutes } from './passwords/routes.ts';
import { profileRoutes } from './profile/routes.ts';
import { secretRoutes } from './secrets/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { shareRoutes } from './shares/routes.ts';
import { ticketRoutes } from './tickets/routes.ts';
import { twoFactorRoutes } from './two-factor/routes.ts';

/** Every endpoint that users and the gateway call. */
export const authRoutes = (deps: AuthDeps): Endpoint[] => [
  ...accountRoutes(deps),
  ...passwordRoutes(deps),
  ...sessionRoutes(deps),
  ...twoFactorRoutes(deps),
  ...apiKeyRoutes(deps),
  ...ticketRoutes(deps),
  ...profileRoutes(deps),
  ...shareRoutes(deps),
  ...adminRoutes(deps),
  ...keyRoutes(deps),
  ...secretRoutes(deps),
];
