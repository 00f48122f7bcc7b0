import { describe, expect, test } from '@jest/globals';
import type { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import { alertData, alertItem, alertMail } from './alert.ts';

const crossed: BudgetThresholdCrossed = {
  budgetId: 'b',
  ownerId: 'u',
  name: 'Café & <b>bar</b>\r\nBcc: all@example.com',
  thresholdPercent: 100,
  channels: ['email'],
  period: { start: '2026-01-01', end: '2026-01-31' },
  spentMinor: 1250,
  availableMinor: 1000,
  currency: 'JPY',
};

describe('what an alert says', () => {
  test("amounts have exactly the currency's decimals", () => {
    expect(alertData(crossed)).toMatchObject({ spent: '1250', available: '1000', currency: 'JPY' });
    expect(alertItem(alertData({ ...crossed, currency: 'BHD' })).body).toBe('1.250 of 1.000 BHD spent from 2026-01-01 to 2026-01-31.');
  });

  test("a budget's name becomes neither a header nor markup", () => {
    const mail = alertMail(alertData(crossed), 'Ada <a@b> \'x\' "y"');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toContain('<b>');
    expect(mail.html).toContain('Café &amp; &lt;b&gt;bar&lt;/b&gt;');
    expect(mail.html).toContain('Ada &lt;a@b&gt; &#39;x&#39; &quot;y&quot;,');
    expect(mail.text).toContain('1250 of 1000 JPY spent');
  });
});
