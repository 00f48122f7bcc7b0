export { openRabbitBus } from './rabbit-bus.ts';
