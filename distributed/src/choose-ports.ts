import { createServer } from 'node:net';

/** Below those that the system gives to outgoing connections: what is free now is not taken in passing. */
const first = 20_000;
const last = 32_000;

/** So many ports of the loopback address that nobody listens on. */
export async function choosePorts(count: number, random: () => number = Math.random): Promise<number[]> {
  const ports: number[] = [];
  let port = first + Math.floor(random() * (last - first));
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried > last - first) throw new Error(`there are not ${count} free ports between ${first} and ${last}`);
    if (await isFree(port)) ports.push(port);
    port = port >= last ? first : port + 1;
  }
  return ports;
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
