import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));

test.each(['strat', 'constructor', 'toString', '__proto__'])('%s is no command, and those that are are named', (name) => {
  const { status, stderr } = spawnSync(process.execPath, [script, name], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(new RegExp(`^commonpurse: there is no command ${name}; there are start, [^\\n]+, format\\n$`)),
  });
});
