/** Offered to everybody; any other name is as good. */
export const shippedCategories: readonly string[] = [
  'Childcare',
  'Clothing',
  'Dining',
  'Education',
  'Entertainment',
  'Fees',
  'Food',
  'Gifts',
  'Groceries',
  'Health',
  'Household',
  'Housing',
  'Insurance',
  'Other',
  'Personal care',
  'Pets',
  'Savings',
  'Subscriptions',
  'Taxes',
  'Transport',
  'Travel',
  'Utilities',
];

export interface CategoryItem {
  readonly name: string;
  /** Whether a living expense has it. */
  readonly inUse: boolean;
}

/** Both lists as one, by name. */
export function categoryItems(used: readonly string[]): CategoryItem[] {
  const inUse = new Set(used);
  const names = [...new Set([...shippedCategories, ...used])];
  return names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => ({ name, inUse: inUse.has(name) }));
}
