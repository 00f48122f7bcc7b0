import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { MailConfig, openMailer } from '@commonpurse/shared/mail';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { NotificationsConfig } from './config.ts';
import { createNotificationsService } from './service.ts';

await runService({
  name: 'notifications',
  env: process.env,
  config: { notifications: NotificationsConfig, mail: MailConfig },
  adapters: {
    documents: openMongoStore,
    bus: (options) => openRabbitBus({ ...options, connect: 'in-background' }),
    cache: (options) => openRedisCache({ ...options, connect: 'until-available' }),
  },
  create: async (found, { notifications, mail }) =>
    createNotificationsService({ ...found, config: notifications, mailer: await openMailer(mail, found.clock) }),
});
