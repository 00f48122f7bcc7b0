/** `npm run test:faults`: random faults for as long as asked. A failure names its seed, and the seed replays it.
 *    -- --seeds 100000 [--from 1]     random histories of the embedded store
 *    -- --seed 4711                   one of them again
 *    -- --kills 1000 [--seed 4711]    processes and servers killed under load (needs the servers' addresses, see npm run test:real)
 *    -- --fault 'reset rabbitmq' [--rounds 3]    one fault under load, again and again: how long it takes to heal */
import { parseArgs } from 'node:util';
import { killForHours, repeatFault } from './cluster-faults.ts';
import { runHistory } from './store-history.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    kills: { type: 'string' },
    fault: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const number = (text: string | undefined, standard: number): number => {
  const value = Number(text ?? standard);
  if (!Number.isSafeInteger(value) || value < 1) {
    process.stderr.write('test:faults: --seeds, --from, --seed, --kills and --rounds take whole numbers\n');
    process.exit(1);
  }
  return value;
};

async function histories(): Promise<number> {
  const first = number(values.seed ?? values.from, 1);
  const count = values.seed === undefined ? number(values.seeds, 2_000) : 1;
  let failed = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      await runHistory(seed);
    } catch (error) {
      failed += 1;
      process.stdout.write(`seed ${seed}: ${(error as Error).stack}\n  replay it: npm run test:faults -- --seed ${seed}\n`);
    }
    if ((seed - first + 1) % 10_000 === 0) process.stdout.write(`${seed - first + 1} of ${count} histories\n`);
  }
  process.stdout.write(`${count - failed} passed, ${failed} failed\n`);
  return failed;
}

async function run(): Promise<number> {
  const seed = number(values.seed, 1);
  if (values.fault !== undefined) return repeatFault(values.fault, number(values.rounds, 3), seed);
  return values.kills === undefined ? histories() : killForHours(number(values.kills, 1), seed);
}

const failed = await run();
process.exit(failed === 0 ? 0 : 1);
