import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { MailConfig, openMailer } from '@commonpurse/shared/mail';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { AuthAloneConfig } from './config.ts';
import { createAuthService } from './service.ts';

await runService({
  name: 'auth',
  env: process.env,
  config: { auth: AuthAloneConfig, mail: MailConfig },
  adapters: {
    documents: openMongoStore,
    bus: (options) => openRabbitBus({ ...options, connect: 'in-background' }),
    cache: (options) => openRedisCache({ ...options, connect: 'until-available' }),
  },
  create: async (found, { auth, mail }) => createAuthService({ ...found, config: auth, mailer: await openMailer(mail, found.clock) }),
});
