import { pino } from 'pino';
import { systemClock } from '../../service/clock.ts';
import { describeBus } from '../messaging.contract.ts';
import { openRabbitBus } from './rabbit-bus.ts';
import { openVhost } from './testing/vhost.ts';

const log = pino({ level: 'silent' });

describeBus('RabbitMQ', async ({ retries, prefetch }) => {
  const vhost = await openVhost('bus-contract');
  const options = { url: vhost.url, clock: systemClock, log, retries, prefetch };
  const bus = await openRabbitBus(options);
  const other = await openRabbitBus(options);
  return {
    bus,
    other,
    close: async () => {
      await Promise.all([bus.close(), other.close()]);
      await vhost.drop();
    },
  };
});
