import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock } from '../testing/fake-clock.ts';
import { createDispatcher } from './dispatcher.ts';
import { memoryParking } from './messaging.contract.ts';

const log = pino({ level: 'silent' });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what no handler could read is parked at once, and closing waits for it', async () => {
  const parking = memoryParking();
  const gate = Promise.withResolvers<void>();
  const park: typeof parking.park = async (event, reason) => {
    await gate.promise;
    await parking.park(event, reason);
  };
  const dispatcher = createDispatcher({
    consumer: 'reader',
    subscriptions: [],
    parking: { ...parking, park },
    clock: fakeClock(),
    log,
    prefetch: 1,
  });
  const refused = dispatcher.refuse({ text: 'scrawl' }, 'it is not JSON');
  expect(dispatcher.pending).toBe(1);
  let closed = false;
  const closing = dispatcher.close().then(() => (closed = true));
  await turn();
  expect(closed).toBe(false);
  gate.resolve();
  await Promise.all([refused, closing]);
  expect(parking.parked).toMatchObject([{ event: { text: 'scrawl' }, reason: 'InvalidEvent: it is not JSON' }]);
  await expect(dispatcher.refuse(null, 'late')).rejects.toThrow('reader is closed');
});
