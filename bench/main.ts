/** `npm run bench [-- name ...]`: each figure as a ratio against a baseline in the same run. The load generator shares the machine's cores. */
import { cpus } from 'node:os';
import { create } from './create.ts';
import { distributed, missingServers } from './distributed.ts';
import { identity } from './identity.ts';
import { imports } from './import.ts';
import { alerts, logins } from './latency.ts';
import { list, million } from './lists.ts';
import { progress } from './progress.ts';
import { restart } from './restart.ts';
import { sharedList } from './shared-list.ts';
import { cleanUp } from './support/processes.ts';
import { type Figure, rowOf } from './support/figure.ts';

const figures: Readonly<Record<string, () => Promise<Figure[]>>> = {
  create,
  list,
  progress,
  shared: sharedList,
  identity,
  imports,
  alerts,
  logins,
  restart,
  million,
  distributed,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(figures, name));
if (unknown.length > 0) {
  console.error(`bench: no figure ${unknown.join(', ')}; there are ${Object.keys(figures).join(', ')}`);
  process.exit(1);
}
console.log(`Node ${process.version}, ${cpus().length} cores, which the load generator shares. Warm-up, three runs, median.`);
try {
  for (const name of asked.length > 0 ? asked : Object.keys(figures)) {
    const missing = name === 'distributed' ? missingServers() : null;
    if (missing !== null) console.log(`NOT RUN ${name}: ${missing}`);
    else for (const figure of await figures[name]!()) console.log(rowOf(figure));
  }
} finally {
  await cleanUp();
}
