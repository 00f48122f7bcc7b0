import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, launch } from '../support/launch.ts';
import { ops } from '../support/ops.ts';
import { personAt, signUp } from '../support/person.ts';

afterAll(cleanUp);

test('what a key signs that an operator has just put in place of a compromised one is taken at once, however lately the keys were asked for', async () => {
  const system = await launch();
  let ann = await signUp(system, 'ann@home.example');
  for (const round of ['first', 'second']) {
    expect(await ops(system, 'rotate-keys', '--compromised')).toMatchObject({ code: 0 });
    expect([round, (await ann.get('/records')).status]).toEqual([round, 401]);
    const { body: tokens } = await ann.post('/auth/refresh', { refreshToken: ann.tokens.refreshToken });
    ann = personAt(system, ann.email, { id: ann.id, tokens });
    expect([round, (await ann.get('/records')).status]).toEqual([round, 200]);
  }
});
