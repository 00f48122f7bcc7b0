import { type Endpoint, endpoint, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { RecordsStore } from '../store.ts';
import { currencyItems } from './currency.ts';
import { listCategories } from './list-categories.ts';

const Category = z.strictObject({ name: z.string(), inUse: z.boolean() }).meta({ id: 'Category' });
const Currency = z.strictObject({ code: z.string(), name: z.string(), decimals: z.int().min(0).max(4) }).meta({ id: 'Currency' });

const tag = 'Catalog';
const admission = { scope: 'records:read' };

/** What a form offers to choose from. */
export const catalogRoutes = (store: RecordsStore): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/categories',
    operationId: 'listCategories',
    tag,
    summary: 'The shipped categories and those you use',
    description: 'All on one page, by name; of your own at most 500.',
    admission,
    answers: {
      200: {
        description: 'Categories',
        schema: pageOf(Category),
        example: { items: [{ name: 'Groceries', inUse: true }], nextCursor: null },
      },
    },
    handle: async ({ caller }) => ({ status: 200, body: { items: await listCategories(store, caller), nextCursor: null } }),
  }),
  endpoint({
    method: 'get',
    path: '/currencies',
    operationId: 'listCurrencies',
    tag,
    summary: 'Every accepted currency (ISO 4217)',
    admission,
    answers: {
      200: {
        description: 'Currencies, by code, all on one page',
        schema: pageOf(Currency),
        example: { items: [{ code: 'EUR', name: 'Euro', decimals: 2 }], nextCursor: null },
      },
    },
    handle: async () => ({ status: 200, body: { items: currencyItems, nextCursor: null } }),
  }),
];
