import { afterEach, expect, test } from '@jest/globals';
import { canType, hangUp, isAsShown, stepsIn, typeIn, valuesIn } from './support/documented.ts';
import { eventually } from './support/eventually.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';

afterEach(async () => {
  hangUp();
  await cleanUp();
});

/** Where there is no shell or no curl this says so; a build counts what was left out as a failure. */
const typed = canType ? test : test.skip;

typed('the first session of the README goes as it says, and docs/AUTH.md after it, in the same system', async () => {
  const system = await launch();
  await followReadme(system);
  await followAuth(system);
});

async function followReadme(system: RunningSystem): Promise<void> {
  const steps = stepsIn('README.md', 'A first session');
  const session = await typeIn(system, steps);
  const heard = ['"budget.alert"', '"rows":{"total":2,"imported":2'];
  // the last command shows frames until it is interrupted
  const live = eventually(
    async () => session.printed(),
    (printed) => printed.length === steps.length && heard.every((text) => printed.at(-1)!.includes(text)),
    120_000,
  );
  await Promise.race([live, session.through]);
  session.interrupt();
  await expect(session.through).rejects.toThrow();
  const printed = session.printed();
  expect(printed).toHaveLength(steps.length);
  expect(printed.join('')).not.toContain('/problems/');
  const importing = printed[steps.findIndex(({ commands }) => commands.includes('bulk-import'))];
  // how the import went, and what it has brought
  expect(importing).toMatch(/"status":"done".*"items":.*"description":"Baker"/s);
}

async function followAuth(system: RunningSystem): Promise<void> {
  const steps = stepsIn('docs/AUTH.md');
  expect(steps.filter(({ printed }) => printed.length > 0).length).toBeGreaterThan(25);
  const session = await typeIn(system, steps);
  await session.through;
  for (const [at, { commands, printed: shown }] of steps.entries()) {
    const printed = valuesIn(session.printed()[at]!);
    const alike = printed.length === shown.length && shown.every((value, n) => isAsShown(value, printed[n]));
    if (!alike) expect({ commands, printed }).toEqual({ commands, printed: shown });
  }
}

test('a document is compared with what was printed, wherever it says more than …', () => {
  const shown = { id: '…', name: 'Ada', tags: ['a', '…'], at: '20…' };
  const actual = { id: 'x', name: 'Ada', tags: ['a', 'b'], at: '2026' };
  expect(isAsShown(shown, actual)).toBe(true);
  expect(isAsShown({ name: 'Ada', '…': '…' }, actual)).toBe(true);
  for (const other of [{ name: 'Bob' }, { id: 1 }, { tags: ['b'] }, { tags: {} }, { at: '19' }, { more: 1 }])
    expect(isAsShown(shown, { ...actual, ...other })).toBe(false);
  expect(isAsShown({ name: 'Bob', '…': '…' }, actual)).toBe(false);
  expect(isAsShown(['a'], ['a', 'b'])).toBe(false);
  expect(valuesIn('204\n{"a":{"b":1}}{"c":2}200')).toEqual([204, { a: { b: 1 } }, { c: 2 }, 200]);
});
