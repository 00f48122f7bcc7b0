/** `npm run docs`: writes what is generated under docs/. */
import { writeFileSync } from 'node:fs';
import { describeEvents } from '../packages/shared/src/contracts/describe-events.ts';

writeFileSync(new URL('../docs/events.md', import.meta.url), describeEvents());
