import { fileURLToPath } from 'node:url';

const compiled = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url));

/** What a program that a test starts has of this process's environment, and no more; of code that was compiled before, nothing is compiled again,
 *  as with `npm start`. */
export function inheritedEnvironment(): Record<string, string> {
  const { PATH, HOME, NODE_COMPILE_CACHE = compiled } = process.env;
  const set = Object.entries({ PATH, HOME, NODE_COMPILE_CACHE }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set);
}
