/** The entry of a thread that hands every request on to the socket that it is given, and says at which port it listens. */
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const socketPath = workerData as string;
const gateway = express();
const agent = new Agent({ keepAlive: true });
gateway.use(createProxyMiddleware({ target: { protocol: 'http:', host: 'localhost', port: 80, socketPath }, agent }));
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
