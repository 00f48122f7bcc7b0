/** The entry of a thread that hashes and compares passwords, one at a time. */
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { answerOver } from '@commonpurse/shared/threads';
import bcrypt from 'bcrypt';
import type { Bcrypt } from './password-hashes.ts';

/** Lower than everything else of the process, so that who has a millisecond of work needn't wait until one of 200 is over; not the lowest, with
 *  which nobody would sign in any more while the cores are busy. Counted from the process's own: a higher one than that is not to be had, and a
 *  process that asked for it could hash nothing. */
const lowerBy = 10;

// On Linux it is the thread's own; elsewhere it would be the whole process's.
if (process.platform === 'linux') setPriority(Math.min(getPriority() + lowerBy, constants.priority.PRIORITY_LOW));

answerOver<Bcrypt>(parentPort!, {
  hash: async (password, cost) => bcrypt.hashSync(password, cost),
  compare: async (password, hash) => bcrypt.compareSync(password, hash),
});
