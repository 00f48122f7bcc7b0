import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { food, type Household, startHousehold } from '../testing/household.ts';

let home: Household;
beforeEach(async () => {
  home = await startHousehold();
});
afterEach(() => home.system.stop());

type Item = { readonly version: number; readonly action: string };
const seen = async (query = ''): Promise<number[]> =>
  (await home.as.bob.get(`/records/${home.has.lunch.id}/history${query}`)).body.items.map(({ version }: Item) => version);
const become = (change: object) => home.as.ada.patch(`/records/${home.has.lunch.id}`, change);

describe("Somebody else's record", () => {
  test('shows the changes before and after which it lay in what is shared', async () => {
    await home.share(food);
    await become({ description: 'still food' });
    await become({ category: 'Secret', description: 'moved away' });
    await become({ amount: '99.00' });
    await become({ category: 'Food', description: 'back again', amount: '13.00' });
    await become({ amount: '14.00' });
    expect(await seen()).toEqual([6, 2, 1]);
    const { body } = await home.as.bob.get(`/records/${home.has.lunch.id}/history?count=true`);
    expect(body.total).toBe(3);
    expect(JSON.stringify(body)).not.toMatch(/Secret|moved|99\.00/);
    expect((await home.as.ada.get(`/records/${home.has.lunch.id}/history`)).body.items).toHaveLength(6);
  });

  test('in pages, too', async () => {
    await home.share(food);
    for (const category of ['Secret', 'Food', 'Secret', 'Food']) await become({ category });
    for (const amount of ['1.00', '2.00']) await become({ amount });
    const first = (await home.as.bob.get(`/records/${home.has.lunch.id}/history?limit=2`)).body;
    expect(first.items.map(({ version }: Item) => version)).toEqual([7, 6]);
    expect(await seen(`?limit=2&cursor=${first.nextCursor}`)).toEqual([1]);
  });

  test('shows how it went and came back', async () => {
    await home.share(food);
    await home.as.ada.delete(`/records/${home.has.lunch.id}`);
    expect((await home.as.bob.get(`/records/${home.has.lunch.id}/history`)).status).toBe(404);
    await home.as.ada.post(`/records/${home.has.lunch.id}/restore`);
    await become({ category: 'Secret' });
    await home.as.ada.delete(`/records/${home.has.lunch.id}`);
    await home.as.ada.post(`/records/${home.has.lunch.id}/restore`);
    await become({ category: 'Food' });
    expect(await seen()).toEqual([3, 2, 1]);
  });

  test('that is shared by its id shows all of them', async () => {
    await home.share({ kind: 'records', recordIds: [home.has.lunch.id] });
    await become({ category: 'Rent' });
    await become({ category: 'Food' });
    expect(await seen()).toEqual([3, 2, 1]);
  });
});
