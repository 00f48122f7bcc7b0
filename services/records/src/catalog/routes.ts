import { arrayPage, type Caller, type Endpoint, endpoint, type Page, pageOf, wholeListParameters } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { RecordsStore } from '../store.ts';
import { type CurrencyItem, currencyItems } from './currency.ts';
import { listCategories } from './list-categories.ts';

const Category = z.strictObject({ name: z.string(), inUse: z.boolean() }).meta({ id: 'Category' });
const Currency = z.strictObject({ code: z.string(), name: z.string(), decimals: z.int().min(0).max(4) }).meta({ id: 'Currency' });

const ListQuery = z.strictObject(wholeListParameters);
type ListQuery = z.infer<typeof ListQuery>;

interface CatalogDeps {
  readonly store: RecordsStore;
  readonly installationKey: Buffer;
}

const tag = 'Catalog';
const admission = { scope: 'records:read' };

/** Categories and currencies, for a form to choose from. */
export const catalogRoutes = (deps: CatalogDeps): Endpoint[] => [categoriesRoute(deps), currenciesRoute(deps)];

const categoriesRoute = (deps: CatalogDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/categories',
    operationId: 'listCategories',
    tag,
    summary: 'The shipped categories and those you use',
    description: 'By name; of your own at most 500.',
    admission,
    query: ListQuery,
    answers: {
      200: {
        description: 'Categories',
        schema: pageOf(Category),
        example: { items: [{ name: 'Groceries', inUse: true }], nextCursor: null },
      },
    },
    handle: async ({ caller, query }) => {
      const items = await listCategories(deps.store, caller);
      return { status: 200, body: pageOfChoices(deps, caller, query, { route: '/categories', items, keyOf: ({ name }) => name }) };
    },
  });

const currenciesRoute = (deps: CatalogDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/currencies',
    operationId: 'listCurrencies',
    tag,
    summary: 'Every accepted currency (ISO 4217)',
    description: 'By code.',
    admission,
    query: ListQuery,
    answers: {
      200: {
        description: 'Currencies',
        schema: pageOf(Currency),
        example: { items: [{ code: 'EUR', name: 'Euro', decimals: 2 }], nextCursor: null },
      },
    },
    handle: async ({ caller, query }) => {
      const choices = { route: '/currencies', items: currencyItems, keyOf: ({ code }: CurrencyItem) => code };
      return { status: 200, body: pageOfChoices(deps, caller, query, choices) };
    },
  });

interface Choices<T> {
  readonly route: string;
  readonly items: readonly T[];
  /** What they are sorted by. */
  readonly keyOf: (item: T) => string;
}

function pageOfChoices<T>({ installationKey }: CatalogDeps, { userId }: Caller, query: ListQuery, choices: Choices<T>): Page<T> {
  const { route, items, keyOf } = choices;
  const scope = { installationKey, userId, route, sort: 'name', filter: {} };
  return arrayPage({ items, query, scope, render: (item) => item, keyOf, direction: 1 });
}
