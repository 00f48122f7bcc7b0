/** Used in the OpenAPI document; each is sent and compared by a test. */
export const newExpenseExample = {
  type: 'expense',
  amount: '42.50',
  currency: 'EUR',
  date: '2026-03-14',
  category: 'Groceries',
  description: 'Weekly market',
  tags: ['household'],
};

export const replacementExample = {
  amount: '40.00',
  currency: 'EUR',
  date: '2026-03-14',
  category: 'Groceries',
  description: 'Weekly market, after the refund',
  tags: ['household', 'refund'],
};

export const patchExample = { category: 'Dining', tags: null };

export const recordExample = {
  type: 'expense',
  category: 'Groceries',
  id: '01994d2a-7c1e-7c3a-9d63-3f0a54a1b2c3',
  ownerId: '01994d29-0b1f-7a55-8e21-6f2d1c9a7b10',
  amount: '42.50',
  currency: 'EUR',
  date: '2026-03-14',
  description: 'Weekly market',
  tags: ['household'],
  customFields: {},
  base: { amount: '42.50', currency: 'EUR', rate: '1', rateDate: '2026-03-14' },
  version: 1,
  createdAt: '2026-03-14T09:26:53.589Z',
  updatedAt: '2026-03-14T09:26:53.589Z',
  createdBy: '01994d29-0b1f-7a55-8e21-6f2d1c9a7b10',
};

export const patchedExample = {
  ...recordExample,
  category: 'Dining',
  tags: [],
  version: 2,
  updatedAt: '2026-03-14T10:02:11.007Z',
};

export const replacedExample = {
  ...recordExample,
  amount: '40.00',
  description: 'Weekly market, after the refund',
  tags: ['household', 'refund'],
  base: { ...recordExample.base, amount: '40.00' },
  version: 2,
  updatedAt: '2026-03-14T10:02:11.007Z',
};

export const restoredExample = { ...recordExample, version: 3, updatedAt: '2026-03-15T18:40:00.120Z' };
