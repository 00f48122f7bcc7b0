import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestBudgets, type TestBudgets } from '../testing/rebuilt-budgets.ts';

describe('Rebuilding budgets', () => {
  let budgets: TestBudgets;
  beforeEach(async () => {
    budgets = await createTestBudgets();
  });
  afterEach(() => budgets.stop());

  test('brings a mirror that went astray back to what records tell, and fires nothing again', async () => {
    const { before } = budgets;
    await budgets.leadAstray();
    expect((await budgets.progress()).body.spent).not.toBe(before.spent);
    expect(await budgets.rebuild()).toMatchObject({ status: 202, body: { phase: expect.stringMatching(/emptying|reading/) } });
    await budgets.untilDone();
    expect((await budgets.progress()).body).toEqual(before);
    expect((await budgets.progress('?date=2026-02-01')).body.spent).toBe('0.00');
    expect(await budgets.mirrored()).toEqual(budgets.told);
    expect(budgets.crossings()).toEqual([80, 100]);
  });

  test('answers 503 with the time to wait until it is done, on every instance, and begins once', async () => {
    const other = await budgets.secondInstance();
    const release = budgets.holdFeed();
    await budgets.rebuild();
    await budgets.untilPhase('reading');
    for (const answer of [await budgets.progress(), await other.progress()])
      expect([answer.status, answer.headers['retry-after'], answer.body.code]).toEqual([503, '5', 'service-unavailable']);
    expect((await budgets.rebuild()).body).toEqual(expect.objectContaining({ phase: 'reading' }));
    release();
    await budgets.untilDone();
    expect((await budgets.progress()).body).toEqual(budgets.before);
    expect((await other.progress()).body).toEqual(budgets.before);
    await other.stop();
  });

  test('goes on after a restart, wherever it was', async () => {
    const release = budgets.holdFeed();
    await budgets.rebuild();
    await budgets.untilPhase('reading');
    const restarted = budgets.restart();
    release();
    await restarted;
    await budgets.untilDone();
    expect((await budgets.progress()).body).toEqual(budgets.before);
  });

  test('is taken over from an instance that died while it emptied', async () => {
    await budgets.leaveBehind('emptying');
    expect((await budgets.progress()).status).toBe(503);
    await budgets.untilDone();
    expect((await budgets.progress()).body).toEqual(budgets.before);
    expect(budgets.crossings()).toEqual([80, 100]);
  });

  test('counts what is written meanwhile', async () => {
    const release = budgets.holdFeed();
    await budgets.rebuild();
    await budgets.untilPhase('reading');
    await budgets.spend(300);
    release();
    await budgets.untilDone();
    expect((await budgets.progress()).body.spent).toBe('123.00');
  });
});
