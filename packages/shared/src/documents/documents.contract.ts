import { describe } from '@jest/globals';
import type { OpenStore } from './documents-ground.contract.ts';
import { describeOutboxes } from './documents-outbox.contract.ts';
import { describeQueries } from './documents-queries.contract.ts';
import { describeWrites } from './documents-writes.contract.ts';

export type { OpenedStore, OpenStore } from './documents-ground.contract.ts';

/** Called once by each adapter's test: the JSON files and MongoDB must not be tellable apart. */
export function describeDocuments(name: string, open: OpenStore): void {
  for (const kind of ['hot', 'cold'] as const) {
    describe(`Documents contract: ${name}, ${kind}`, () => {
      describeWrites(open, kind);
      describeOutboxes(open, kind);
      describeQueries(open, kind);
    });
  }
}
