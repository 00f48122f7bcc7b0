/** Used in the OpenAPI document; each is sent and compared by a test. */
export const newBudgetExample = {
  name: 'Groceries',
  amount: '400.00',
  currency: 'EUR',
  period: 'monthly',
  startDate: '2026-01-01',
  categories: [{ category: 'Food', amount: '300.00' }, { category: 'Drinks' }],
  alerts: [
    { thresholdPercent: 80, channels: ['in-app'] },
    { thresholdPercent: 100, channels: ['in-app', 'email'] },
  ],
};

export const budgetExample = {
  id: '01994d2b-11aa-7c3a-9d63-3f0a54a1b2c3',
  ownerId: '01994d29-0b1f-7a55-8e21-6f2d1c9a7b10',
  ...newBudgetExample,
  rollover: { mode: 'none' },
  enforcement: 'notify',
  monthStartDay: 1,
  version: 1,
  createdAt: '2026-01-15T12:00:00.000Z',
  updatedAt: '2026-01-15T12:00:00.000Z',
};

export const replacementExample = { ...newBudgetExample, amount: '450.00', endDate: '2026-12-31', categories: [] };

export const replacedExample = {
  ...budgetExample,
  ...replacementExample,
  version: 2,
  updatedAt: '2026-01-15T12:05:00.000Z',
};

export const patchExample = { amount: '420.00', alerts: null };

export const patchedExample = {
  ...budgetExample,
  amount: '420.00',
  alerts: [
    { thresholdPercent: 80, channels: ['in-app'] },
    { thresholdPercent: 100, channels: ['in-app'] },
  ],
  version: 2,
  updatedAt: '2026-01-15T12:05:00.000Z',
};
