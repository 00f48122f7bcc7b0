/** `node tests/faults/kill-under-load.main.ts [kills] [seed]`: kills the system under load again and again, and looks. */
import { cleanUp } from '../e2e/support/launch.ts';
import { killUnderLoad } from './kill-under-load.ts';

const [kills = '20', seed = '1'] = process.argv.slice(2);
try {
  const report = await killUnderLoad({ kills: Number(kills), seed: Number(seed) });
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  await cleanUp();
}
