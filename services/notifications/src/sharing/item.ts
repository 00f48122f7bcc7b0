import type { BudgetState, ImportSummary, RecordState, ShareChanged, ShareView } from '@commonpurse/shared/contracts';
import { formatAmount } from '@commonpurse/shared/money';
import type { ItemContent } from '../inbox/item.ts';

/** Who did something with what is somebody else's. */
export interface Editor {
  readonly id: string;
  readonly name: string;
}
const by = ({ id, name }: Editor) => ({ by: id, byName: name });

const verbs = { created: 'entered', updated: 'changed', deleted: 'deleted', restored: 'brought back' } as const;

/** To a record's owner. */
export function editedRecordItem(record: RecordState, action: keyof typeof verbs, version: number, editor: Editor): ItemContent {
  const label = record.description || record.category || record.source || record.type;
  return {
    type: 'record.edited',
    title: `${editor.name} has ${verbs[action]} a record of yours`,
    body: `${label}: ${formatAmount(record.amountMinor, record.currency)} ${record.currency}, ${record.date}.`,
    data: { recordId: record.id, version, action, ...by(editor) },
  };
}

/** To a budget's owner. */
export const editedBudgetItem = (budget: BudgetState, version: number, editor: Editor): ItemContent => ({
  type: 'budget.edited',
  title: `${editor.name} has changed your budget ${budget.name}`,
  body: `It is ${formatAmount(budget.amountMinor, budget.currency)} ${budget.currency} now.`,
  data: { budgetId: budget.id, version, ...by(editor) },
});

/** To the owner of what was imported. */
export const importedForItem = (job: ImportSummary, editor: Editor): ItemContent => ({
  type: 'import.edited',
  title: `${editor.name} has imported a file for you`,
  body: `Of ${job.rows.total} rows ${job.rows.imported} are records of yours now.`,
  data: { importId: job.id, ...by(editor) },
});

/** What happens to a share and is told in words. */
export type ToldInWords = Exclude<ShareChanged['action'], 'revoked'>;

/** To a grantee as long as the share holds, to its owner when the grantee has left it. */
export function shareItem(action: ToldInWords, share: ShareView): ItemContent {
  const { ownerName, granteeEmail, access, scope } = share;
  const data = { ...share, scope: { ...scope } };
  const see = access === 'edit' ? 'see and change' : 'see';
  const title = {
    granted: `${ownerName} shares ${scope.kind} with you`,
    changed: `${ownerName} has changed what is shared with you`,
    left: `${granteeEmail} has left what you shared`,
  }[action];
  if (action === 'left') return { type: 'share.revoked', title, body: `It is about ${scope.kind}.`, data };
  return { type: 'share.granted', title, body: `You may ${see} ${scope.kind}.`, data };
}
