import { describe, expect, test } from '@jest/globals';
import { contentKeyOf, contentKeysOf, type RecordContent } from './record.ts';

const bakery: RecordContent = {
  type: 'expense',
  amountMinor: 1250,
  currency: 'EUR',
  date: '2026-03-14',
  description: 'Bakery',
  category: 'Food',
  source: null,
  tags: [],
  customFields: {},
};

describe('the key of a content', () => {
  test('is alike for what an import takes for the same', () => {
    expect(contentKeyOf('ada', { ...bakery, category: 'Bread', tags: ['x'] })).toBe(contentKeyOf('ada', bakery));
  });

  test.each<Partial<RecordContent>>([{ amountMinor: 1251 }, { currency: 'USD' }, { date: '2126-03-14' }, { description: 'bakery' }])(
    'is another one with %j',
    (other) => {
      expect(contentKeyOf('ada', { ...bakery, ...other })).not.toBe(contentKeyOf('ada', bakery));
    },
  );

  test('is another one for another owner, and lies near those of the same day', () => {
    const [one, other] = [contentKeyOf('ada', bakery), contentKeyOf('bob', bakery)];
    expect(one).not.toBe(other);
    expect([one.length, one.slice(0, 4)]).toEqual([16, other.slice(0, 4)]);
  });

  test('is looked for as it is, and as it was before keys began with the day', () => {
    expect(contentKeysOf('ada', bakery)).toEqual([contentKeyOf('ada', bakery), 'TU69f5ELJnyMcTFe']);
  });
});
