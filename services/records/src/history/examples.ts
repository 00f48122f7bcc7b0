import { recordExample } from '../entries/examples.ts';

export const historyExample = {
  items: [
    {
      at: '2026-03-14T10:02:11.007Z',
      by: recordExample.createdBy,
      action: 'updated',
      version: 2,
      before: { category: 'Groceries', tags: ['household'] },
      after: { category: 'Dining', tags: [] },
      requestId: '5f1c2a6e-3a53-4e43-a8f4-0f7bb0e1c9d4',
    },
    {
      at: recordExample.createdAt,
      by: recordExample.createdBy,
      action: 'created',
      version: 1,
      before: null,
      after: recordExample,
      requestId: '0b5b2f3d-6c1a-4b51-9f2e-7c1f4d1f0a77',
    },
  ],
  nextCursor: null,
};
