import { describe, expect, test } from '@jest/globals';
import { firstFault } from './first-fault.ts';
import { plantedBugs } from './store-doubles.ts';

// as many again: store-faults-more.test.ts, beside this one
test('the embedded store keeps its promises through random histories of crashes and failing disks, 1 to 1,000', async () => {
  expect(await firstFault(1, 1_000)).toBeNull();
}, 900_000);

describe('the random histories find a store that', () => {
  test.each(Object.keys(plantedBugs))(
    '%s',
    async (name) => {
      expect(await firstFault(1, 1_500, plantedBugs[name])).not.toBeNull();
    },
    900_000,
  );
});
