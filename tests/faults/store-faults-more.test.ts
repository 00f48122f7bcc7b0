import { expect, test } from '@jest/globals';
import { firstFault } from './first-fault.ts';

test('the embedded store keeps its promises through random histories of crashes and failing disks, 1,001 to 2,000', async () => {
  expect(await firstFault(1_001, 1_000)).toBeNull();
}, 900_000);
