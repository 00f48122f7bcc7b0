import { expect, test } from '@jest/globals';
import { loadConfig } from '@commonpurse/shared/service';
import { BudgetsConfig } from './config.ts';

test('Alerts are on unless they are switched off', () => {
  expect(loadConfig(BudgetsConfig, {})).toEqual({ BUDGET_ALERTS: true });
  expect(loadConfig(BudgetsConfig, { BUDGET_ALERTS: 'false' })).toEqual({ BUDGET_ALERTS: false });
  expect(() => loadConfig(BudgetsConfig, { BUDGET_ALERTS: 'perhaps' })).toThrow('BUDGET_ALERTS: is true or false');
});
