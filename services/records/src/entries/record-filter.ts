import { CurrencyCode, SearchedText } from '@commonpurse/shared/contracts';
import { issue } from '@commonpurse/shared/http';
import { amountBoundKey } from '@commonpurse/shared/money';
import type { Condition, Filter, Sort } from '@commonpurse/shared/documents';
import { z } from 'zod';
import { foldingsOf, wordsOf, wordStarts } from './search-text.ts';

const Day = z.iso.date({ error: 'There is no such day; write YYYY-MM-DD' });
const Bound = z
  .union([z.string(), z.number()])
  .refine(
    (amount) => amountBoundKey(amount) !== null,
    issue('amount-malformed', 'A decimal number of at most sixteen digits and four decimals'),
  );
const Text = SearchedText.min(1).max(500);
/** `transfer` is a type that nobody has records of yet. */
const Type = z.enum(['expense', 'income', 'transfer']);

const oneOrMore = <S extends z.ZodType>(value: S) => ({ eq: value.optional(), in: z.array(value).min(1).max(100).optional() });
const ordered = <S extends z.ZodType>(value: S) => ({ ...oneOrMore(value), gte: value.optional(), lte: value.optional() });
const textual = () => ({ ...oneOrMore(SearchedText.max(500)), contains: Text.optional() });
const operators = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape).refine((given) => Object.keys(given).length > 0, {
    ...issue('operator-missing', 'Give at least one operator'),
    // An unknown operator is told as such, not also as a missing one.
    when: ({ issues }) => issues.length === 0,
  });

/** The JSON in `filters`. */
export const Filters = z.strictObject({
  type: operators(oneOrMore(Type)).optional(),
  date: operators(ordered(Day)).optional(),
  amount: operators(ordered(Bound)).optional(),
  currency: operators(oneOrMore(CurrencyCode)).optional(),
  category: operators(textual()).optional(),
  source: operators(textual()).optional(),
  tag: operators(textual()).optional(),
  description: operators(textual()).optional(),
});
export type Filters = z.infer<typeof Filters>;

/** The query parameters that choose records; the same wherever records are chosen. */
export const RecordParameters = {
  type: Type.optional(),
  from: Day.optional().meta({ description: 'First day, inclusive' }),
  to: Day.optional().meta({ description: 'Last day, inclusive' }),
  category: Text.optional(),
  source: Text.optional(),
  tag: Text.optional(),
  q: Text.refine((search) => wordsOf(search).length > 0, issue('no-words', 'Give at least one word'))
    .optional()
    .meta({ description: 'Every word must occur in the description, any case, whole or as a prefix' }),
  minAmount: Bound.optional().meta({ description: 'Inclusive; compares by decimal value, whatever the currency' }),
  maxAmount: Bound.optional().meta({ description: 'Inclusive' }),
  currency: CurrencyCode.optional(),
  filters: z
    .string()
    .optional()
    .meta({
      description:
        'One JSON object of conditions, all of which must hold: names `type, date, amount, currency, category, source, tag, ' +
        'description`, operators `eq`, `in`, `gte` and `lte` (date, amount), `contains` (text, any case)',
    }),
};

const Chosen = z.object(RecordParameters);
/** The parameters with `filters` read. */
export type RecordChoice = Omit<z.infer<typeof Chosen>, 'filters'> & { readonly filters?: Filters | undefined };

/** The filter that chooses exactly these records; all of it is ANDed. */
export function recordFilter(choice: RecordChoice): Filter {
  const { q, filters = {} } = choice;
  return conjunction(
    [...simpleTerms(choice), ...filterTerms(filters)],
    [...textFilters(filters), ...(q === undefined ? [] : wordsOf(q).map(wordFilter))],
  );
}

type Term = readonly [path: string, condition: Condition];

const simpleTerms = (choice: RecordChoice): Term[] => [
  ...equalTo('type', choice.type),
  ...between('date', choice.from, choice.to),
  ...equalTo('category', choice.category),
  ...equalTo('source', choice.source),
  ...equalTo('tags', choice.tag),
  ...between('amountKey', keyOf(choice.minAmount), keyOf(choice.maxAmount)),
  ...equalTo('currency', choice.currency),
];

const filterTerms = (filters: Filters): Term[] => [
  ...choiceTerms('type', filters.type),
  ...choiceTerms('date', filters.date),
  ...between('date', filters.date?.gte, filters.date?.lte),
  ...choiceTerms('amountKey', { eq: keyOf(filters.amount?.eq), in: filters.amount?.in?.map(amountKeyOf) }),
  ...between('amountKey', keyOf(filters.amount?.gte), keyOf(filters.amount?.lte)),
  ...choiceTerms('currency', filters.currency),
  ...choiceTerms('category', filters.category),
  ...(filters.category?.contains === undefined ? [] : equalTo('type', 'expense')),
  ...choiceTerms('source', filters.source),
  ...(filters.source?.contains === undefined ? [] : equalTo('type', 'income')),
  ...choiceTerms('tags', filters.tag),
  ...choiceTerms('description', filters.description),
];

const amountKeyOf = (amount: string | number): string => amountBoundKey(amount)!;
const keyOf = (amount: string | number | undefined): string | undefined => (amount === undefined ? undefined : amountKeyOf(amount));

const equalTo = (path: string, value: string | undefined): Term[] => (value === undefined ? [] : [[path, { $eq: value }]]);
const between = (path: string, low: string | undefined, high: string | undefined): Term[] => [
  ...(low === undefined ? [] : ([[path, { $gte: low }]] as const)),
  ...(high === undefined ? [] : ([[path, { $lte: high }]] as const)),
];
const choiceTerms = (path: string, given: { eq?: string | undefined; in?: readonly string[] | undefined } | undefined): Term[] => [
  ...equalTo(path, given?.eq),
  ...(given?.in === undefined ? [] : ([[path, { $in: given.in }]] as const)),
];

const textFilters = (filters: Filters): Filter[] => [
  ...containing('labelText', filters.category?.contains),
  ...containing('labelText', filters.source?.contains),
  ...containing('tagTexts', filters.tag?.contains),
  ...containing('searchText', filters.description?.contains),
];
const containing = (path: string, text: string | undefined): Filter[] =>
  text === undefined ? [] : [containsOneOf(path, foldingsOf(text))];
const wordFilter = (foldings: readonly string[]): Filter => containsOneOf('searchText', foldings.flatMap(wordStarts));

function containsOneOf(path: string, texts: readonly string[]): Filter {
  const alternatives = texts.map((text): Filter => ({ [path]: { $contains: text } }));
  const [only] = alternatives;
  return alternatives.length === 1 && only ? only : { $or: alternatives };
}

/** One condition per path where they fit together, so that an index can serve them; what doesn't fit is ANDed beside.
 *  Two conditions on the tags may be met by different tags and always stay apart. */
function conjunction(terms: readonly Term[], others: readonly Filter[]): Filter {
  const byPath: Record<string, Condition> = {};
  const rest: Filter[] = [...others];
  for (const [path, condition] of terms) {
    const merged = path in byPath && path === 'tags' ? null : joined(byPath[path] ?? {}, condition);
    if (merged) byPath[path] = merged;
    else rest.push({ [path]: condition });
  }
  const chosen = { ...(saysIncome(byPath) && !('category' in byPath) ? { category: null } : {}), ...byPath };
  return rest.length === 0 ? chosen : { ...chosen, $and: rest };
}

/** Only an income has a source, and no income has a category: said so, one index serves both. */
const saysIncome = (byPath: Readonly<Record<string, Condition>>): boolean => 'source' in byPath || byPath['type']?.$eq === 'income';

/** Both in one condition: the tighter bounds; null when they can't be one. */
function joined(one: Condition, other: Condition): Condition | null {
  const clash = Object.keys(other).filter((operator) => operator in one);
  if (clash.length === 0) return { ...one, ...other };
  const [operator] = clash;
  const [a, b] = [one[operator as '$gte' | '$lte'], other[operator as '$gte' | '$lte']];
  if (operator === '$gte') return { ...one, $gte: a! > b! ? a! : b! };
  if (operator === '$lte') return { ...one, $lte: a! < b! ? a! : b! };
  return null;
}

export const sortNames = ['date', '-date', 'amount', '-amount', 'createdAt', '-createdAt'] as const;
export type SortName = (typeof sortNames)[number];

const sortFields = { date: 'date', amount: 'amountKey', createdAt: 'createdAt' } as const;

/** How a list is sorted; ties by id in the same direction. */
export function recordSort(name: SortName): Sort {
  const direction = name.startsWith('-') ? -1 : 1;
  return [
    [sortFields[name.replace('-', '') as keyof typeof sortFields], direction],
    ['_id', direction],
  ];
}
