import type { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import { escapeHtml, type MailText } from '@commonpurse/shared/mail';
import { formatAmount } from '@commonpurse/shared/money';
import type { ItemContent } from '../inbox/item.ts';

/** The data of a `budget.alert` frame and of the inbox item beside it. */
export type AlertData = {
  readonly budgetId: string;
  readonly name: string;
  readonly thresholdPercent: number;
  readonly period: { readonly start: string; readonly end: string };
  /** Decimal strings in `currency`, as seen when the threshold was crossed. */
  readonly spent: string;
  readonly available: string;
  readonly currency: string;
};

export const alertData = (crossed: BudgetThresholdCrossed): AlertData => ({
  budgetId: crossed.budgetId,
  name: crossed.name,
  thresholdPercent: crossed.thresholdPercent,
  period: { start: crossed.period.start, end: crossed.period.end },
  spent: formatAmount(crossed.spentMinor, crossed.currency),
  available: formatAmount(crossed.availableMinor, crossed.currency),
  currency: crossed.currency,
});

/** What the inbox shows. */
export const alertItem = (alert: AlertData): ItemContent => ({
  type: 'budget.alert',
  title: `${alert.name} has reached ${alert.thresholdPercent} % of its budget`,
  body: `${alert.spent} of ${alert.available} ${alert.currency} spent from ${alert.period.start} to ${alert.period.end}.`,
  data: alert,
});

/** The mail about an alert. Names are the user's own text: no line of theirs becomes a header, no tag of theirs becomes markup. */
export function alertMail(alert: AlertData, displayName: string): MailText {
  const { title, body } = alertItem(alert);
  const greeting = `Hello ${displayName},`;
  const why = 'You get this mail because an alert of this budget asks for e-mail.';
  return {
    subject: oneLine(title),
    text: `${greeting}\n\n${title}.\n${body}\n\n${why}\n`,
    html: `<p>${escapeHtml(greeting)}</p><p><strong>${escapeHtml(title)}.</strong><br>${escapeHtml(body)}</p><p>${escapeHtml(why)}</p>`,
  };
}

/** Without the control characters of ASCII, of which some end a line. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}--[\u0080-\u009f]]+/gv, ' ');
