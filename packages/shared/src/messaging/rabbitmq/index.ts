export { BrokerUnavailable } from './failure.ts';
export { NotPublished } from './publisher.ts';
export { openRabbitBus, type RabbitBusOptions } from './rabbit-bus.ts';
