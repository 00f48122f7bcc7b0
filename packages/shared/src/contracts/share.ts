import { z } from 'zod';
import { Id, Instant } from './shapes.ts';

const Category = z.string().trim().min(1).max(100);
const RecordKind = z.enum(['expense', 'income', 'transfer']);

/** What a share covers. All lists given must match; categories match expenses only; none given: all records, or all budgets. */
export const ShareScope = z
  .union([
    z.strictObject({ kind: z.literal('records'), recordIds: z.array(Id).min(1).max(200) }),
    z.strictObject({
      kind: z.literal('records'),
      types: z.array(RecordKind).min(1).max(3).optional(),
      categories: z.array(Category).min(1).max(100).optional(),
    }),
    z.strictObject({ kind: z.literal('budgets'), budgetIds: z.array(Id).min(1).max(200).optional() }),
  ])
  .meta({ id: 'ShareScope', description: 'Single records; or records by type and category; or budgets. An absent list: all' });
export type ShareScope = z.infer<typeof ShareScope>;

export const ShareAccess = z.enum(['view', 'edit']);
export type ShareAccess = z.infer<typeof ShareAccess>;

/** A share as it lies with who received it: what access is decided by. */
export const Grant = z.strictObject({
  shareId: Id,
  /** The share's version that this is. */
  version: z.int().positive(),
  ownerId: Id,
  access: ShareAccess,
  scope: ShareScope,
  /** From then on it does not hold; null: for ever. */
  expiresAt: Instant.nullable(),
});
export type Grant = z.infer<typeof Grant>;
