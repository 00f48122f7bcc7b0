import { randomInt } from 'node:crypto';

/** The version at which something derived begins that is only ever compare-and-set. A rebuild removes it, and it begins once more: at another
 *  version, so that whoever had read it before, and is late, doesn't take what has begun since for what was read. */
export const drawFirstVersion = (): number => randomInt(1, 2 ** 47);
