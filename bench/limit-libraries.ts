/** What the product's own libraries cost with nothing in them: the answers of `limit.ts` given by an Express application, behind a gateway in a thread
 *  that hands everything on by http-proxy-middleware, both as their manuals have it. No identity, limits, logs or validation, no store and no
 *  events. Started as a process of its own; says where it listens. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
import express from 'express';
import { bareAnswers } from './support/bare-answers.ts';
import { openJournal } from './support/bare-journal.ts';

const answers = bareAnswers(openJournal(process.argv[2]!, 'limit'));
const service = express();
service.post('/records', answers);
service.get('/progress', answers);

// as the product's own gateway reaches its services: through a socket that costs the kernel less than a port
const door = `\0limit-${randomUUID()}`;
createServer(service).listen(door, () => {
  const gateway = new Worker(new URL('support/bare-gateway.ts', import.meta.url), { workerData: door });
  gateway.once('message', (port: number) => console.log(`limit http://127.0.0.1:${port}`));
});
