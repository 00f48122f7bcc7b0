import { expect, test } from '@jest/globals';
import { codeOf, fakeClock, memoryDisk, type TestAnswer } from '@commonpurse/shared/testing';
import { goodPassword, startAuth } from '../testing/start-auth.ts';

const code = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();

test.each([{ TWO_FACTOR_ENABLED: 'false' }, { '2FA_ENABLED': 'off' }, { TWO_FACTOR_ENABLED: 'false', '2FA_ENABLED': 'true' }])(
  'where the operator switched it off by %o nobody enrols, and who is enrolled stays protected',
  async (env) => {
    const clock = fakeClock();
    const disk = memoryDisk();
    const on = await startAuth({ clock, disk });
    const [ada, eve] = [await on.person('ada@example.com'), await on.person('eve@example.com')];
    const { secret } = (await on.as(ada).post('/auth/enable-2fa', { password: goodPassword })).body;
    const { recoveryCodes } = (await on.as(ada).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) })).body;
    const begun = (await on.as(eve).post('/auth/enable-2fa', { password: goodPassword })).body;
    await on.stop();
    clock.advance(60_000);

    const off = await startAuth({ clock, disk, env });
    const { challengeToken } = (await off.login(ada.email)).body;
    const answer = { challengeToken, code: codeOf(secret, clock.now()) };
    expect(code(await off.request('POST', '/auth/verify-2fa', { body: answer }))).toBe('200');
    expect(code(await off.as(eve).post('/auth/enable-2fa', { password: goodPassword }))).toBe('403 feature-disabled');
    const late = await off.as(eve).post('/auth/verify-2fa', { code: codeOf(begun.secret, clock.now()) });
    expect(code(late)).toBe('403 feature-disabled');
    const both = { password: goodPassword, code: recoveryCodes[0] };
    expect(code(await off.as(ada).post('/auth/disable-2fa', both))).toBe('204');
    await off.stop();
  },
);
