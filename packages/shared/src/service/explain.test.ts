import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { StoreDamaged, StoreUnavailable } from '../documents/documents.ts';
import { explain } from './explain.ts';
import { type AddressVariables, openPort } from './http-server.ts';

test.each([
  ['notes.jsonl and notes.journal.jsonl have the same name', '; bring the folders of all services back from one backup'],
  ['store.json is missing though there is data: bring it back from a backup', ''],
  ['notes.jsonl is damaged at byte 7. The way back: stop everything, move notes.jsonl away and rename notes.jsonl.bak to it', ''],
  ['notes.jsonl was written by a newer version: start that version', ''],
])('damage is told with one way back: %s', (damage, added) => {
  expect(explain(new StoreDamaged(damage))).toBe(damage + added);
});

test.each([
  'is in use by the process with pid 7',
  'is in use by pid 7 of another container or machine, which keeps touching /data/store.lock',
])('a folder that somebody has is told with both ways out: it %s', (held) => {
  expect(explain(new StoreUnavailable(`/data/records ${held}`))).toBe(
    `/data/records ${held}; end that one, or choose another folder with DATA_DIR`,
  );
  expect(explain(new StoreUnavailable('the store is closed'))).toBe('the store is closed');
});

test.each([
  ['EMFILE', /ulimit -n/],
  ['EACCES', /^\/data\/records is closed to this user; give them the right/],
  ['EROFS', /^\/data\/records is on a disk that can not be written/],
  ['ENOENT', /^\/data\/records can not be made; choose another folder with DATA_DIR \(for logs: LOG_DIR\)$/],
  ['ENOSPC', /^the disk of \/data\/records is full/],
])('%s is told as what can be done about it', (code, line) => {
  const error = Object.assign(new Error(`${code}: as Node says it`), { code, path: '/data/records', syscall: 'mkdir' });
  expect(explain(error)).toMatch(line);
});

describe('an address that can not be listened on is told by the variables that it was read from:', () => {
  const refused = (address: { host: string; port: number }, variables?: AddressVariables) =>
    openPort(createServer(), address, variables).then(
      () => 'opened',
      // Node's own errors are of another realm than this file's
      (error: Error) => explain(Object.assign(new Error(error.message), error)),
    );

  test.each([
    ['HOST and PORT', undefined, 'HOST', 'PORT'],
    ['ADMIN_PORT, which may hold both', { host: 'ADMIN_PORT', port: 'ADMIN_PORT' }, 'ADMIN_PORT', 'ADMIN_PORT'],
  ])('%s', async (_name, variables, host, port) => {
    const busy = createServer();
    const taken = await openPort(busy, { host: '127.0.0.1', port: 0 });
    try {
      expect(await refused({ host: '127.0.0.1', port: taken.port }, variables)).toBe(
        `port ${taken.port} is in use by another program; end it or choose another one with ${port}`,
      );
      expect(await refused({ host: '192.0.2.1', port: 0 }, variables)).toBe(`this machine does not have the address in ${host}`);
      expect(await refused({ host: 'no such name', port: 0 }, variables)).toBe(`no address is known for the name in ${host}`);
    } finally {
      busy.close();
    }
  });
});
