import type { Moment } from '@commonpurse/shared/testing';

/** Points in the life of a write at which a process can be killed or a wire of its broken, as they show on its wires. MongoDB's commands are BSON
 *  documents whose first element names the command and its collection; an AMQP method frame names class and method (Basic.Ack: 60, 80). */
export type Point = 'before commit' | 'commit to reply' | 'before publish' | 'publish to confirm' | 'confirm to mark' | 'effect to ack';

interface PointOnWire {
  readonly server: 'mongodb' | 'rabbitmq';
  moment(): Moment;
}

const command = (name: string): Buffer => Buffer.concat([Buffer.from([0x02]), Buffer.from(`${name}\0`)]);
const writes = [command('insert'), command('update'), command('findAndModify')];
const isWrite = (bytes: Buffer): boolean => writes.some((marker) => bytes.includes(marker));
const pull = Buffer.from('$pull');
const ack = Buffer.from([0, 60, 0, 80]);
const publish = Buffer.from([0, 60, 0, 40]);
const isPublish = (bytes: Buffer): boolean => bytes.includes(publish);

/** The first answer, on the same connection, to what was asked. */
function answerTo(asked: (bytes: Buffer) => boolean, answered: (bytes: Buffer) => boolean): Moment {
  const waiting = new Set<object>();
  return (direction, bytes, connection) => {
    if (direction === 'to server' && asked(bytes)) waiting.add(connection);
    return direction === 'to client' && waiting.has(connection) && answered(bytes);
  };
}

export const points: Readonly<Record<Point, PointOnWire>> = {
  'before commit': { server: 'mongodb', moment: () => (direction, bytes) => direction === 'to server' && isWrite(bytes) },
  'commit to reply': {
    server: 'mongodb',
    moment: () => answerTo(isWrite, () => true),
  },
  'before publish': { server: 'rabbitmq', moment: () => (direction, bytes) => direction === 'to server' && isPublish(bytes) },
  'publish to confirm': {
    server: 'rabbitmq',
    moment: () => answerTo(isPublish, (bytes) => bytes.includes(ack)),
  },
  'confirm to mark': { server: 'mongodb', moment: () => (direction, bytes) => direction === 'to server' && bytes.includes(pull) },
  'effect to ack': {
    server: 'rabbitmq',
    moment: () => (direction, bytes) => direction === 'to server' && !isPublish(bytes) && bytes.includes(ack),
  },
};
