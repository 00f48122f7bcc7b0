import { createServer, type Server } from 'node:net';

/** Below those that the system gives to outgoing connections: what is free now is not taken in passing. */
const first = 20_000;
const blocksInAll = 240;
const blockSize = 50;

/** Ports that are one's own until they are released. */
export interface ChosenPorts {
  readonly ports: readonly number[];
  release(): void;
}

/** So many ports of the loopback address that nobody listens on. They come from blocks whose first port is held: whoever else chooses on this
 *  machine goes to another block, also while nobody listens on these yet, or for a moment not, because a process is started again. */
export async function choosePorts(count: number, random: () => number = Math.random, blocks = blocksInAll): Promise<ChosenPorts> {
  const ports: number[] = [];
  const held: Server[] = [];
  const release = (): void => held.forEach((server) => server.close());
  const start = Math.floor(random() * blocks);
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried === blocks) {
      release();
      throw new Error(`there are not ${count} free ports between ${first} and ${first + blocks * blockSize - 1}`);
    }
    const block = first + ((start + tried) % blocks) * blockSize;
    const server = await listenOn(block);
    if (server === null) continue;
    held.push(server);
    for (let port = block + 1; port < block + blockSize && ports.length < count; port += 1) if (await isFree(port)) ports.push(port);
  }
  return { ports, release };
}

/** null: somebody listens there. What is held doesn't keep the process running. */
const listenOn = (port: number): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

async function isFree(port: number): Promise<boolean> {
  const server = await listenOn(port);
  if (server === null) return false;
  await new Promise((resolve) => void server.close(resolve));
  return true;
}
