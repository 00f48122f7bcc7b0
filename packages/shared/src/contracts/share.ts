import { z } from 'zod';
import { NameField } from './fields.ts';
import { Id, Instant } from './shapes.ts';

const RecordKind = z.enum(['expense', 'income', 'transfer']);
/** Never empty. */
const listOf = <S extends z.ZodType>(item: S, max: number) =>
  z
    .array(item)
    .min(1)
    .max(max, `At most ${max}`)
    .meta({ description: `1 to ${max}` });

/** What a share covers. All lists given must match; categories match expenses only; none given: all records, or all budgets. */
export const ShareScope = z
  .xor([
    z.strictObject({ kind: z.literal('records'), recordIds: listOf(Id, 200) }),
    z.strictObject({
      kind: z.literal('records'),
      types: listOf(RecordKind, 3).optional(),
      categories: listOf(NameField, 100).optional(),
    }),
    z.strictObject({ kind: z.literal('budgets'), budgetIds: listOf(Id, 200).optional() }),
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
  /** Since when they hold this scope; absent: it was written before that was kept, and counts as ever. */
  since: Instant.optional(),
  /** From then on it does not hold; null: for ever. */
  expiresAt: Instant.nullable(),
});
export type Grant = z.infer<typeof Grant>;

/** A share as its owner and its grantee see it. */
export const ShareView = z
  .strictObject({
    id: Id,
    ownerId: Id,
    ownerName: z.string(),
    granteeEmail: z.string(),
    granteeId: Id.optional().meta({ description: 'Only where the share was made with it: a share tells nobody who is registered' }),
    access: ShareAccess,
    scope: ShareScope,
    expiresAt: Instant.nullable(),
    createdAt: Instant,
    version: z.int().positive(),
  })
  .meta({ id: 'Share' });
export type ShareView = z.infer<typeof ShareView>;

/** What auth asks records and budgets before somebody shares single ones: which of these ids are of something that this person has. */
export const OwnedQuestion = z.strictObject({ ownerId: z.string().min(1).max(128), ids: z.array(z.string().max(128)).max(1000) });
export const OwnedAnswer = z.strictObject({ owned: z.array(z.string()) });
export type OwnedAnswer = z.infer<typeof OwnedAnswer>;
