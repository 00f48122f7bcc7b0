/** `npm run test:faults -- --seeds 100000 [--from 1]`, or `-- --seed 4711` to replay one: random histories of the embedded store. */
import { parseArgs } from 'node:util';
import { runHistory } from './store-history.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string', default: '1' }, seed: { type: 'string' } },
});
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
  process.stderr.write('test:faults: --seeds, --from and --seed take whole numbers\n');
  process.exit(1);
}
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
process.exit(failed === 0 ? 0 : 1);
