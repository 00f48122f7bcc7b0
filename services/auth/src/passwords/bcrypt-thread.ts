/** The entry of a thread that hashes and compares passwords, one at a time. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { answerOver } from '@commonpurse/shared/threads';
import bcrypt from 'bcrypt';
import type { Bcrypt } from './password-hashes.ts';

/** Lower than everything else, so that who has a millisecond of work needn't wait until one of 200 is over; not the lowest, with which nobody
 *  would sign in any more while the cores are busy. */
const priority = 10;

// On Linux it is the thread's own; elsewhere it would be the whole process's.
if (process.platform === 'linux') setPriority(priority);

answerOver<Bcrypt>(parentPort!, {
  hash: async (password, cost) => bcrypt.hashSync(password, cost),
  compare: async (password, hash) => bcrypt.compareSync(password, hash),
});
