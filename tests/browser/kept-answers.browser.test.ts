import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { cleanUp, launch, type RunningSystem } from '../e2e/support/launch.ts';
import { type Person, signUp } from '../e2e/support/person.ts';
import { inChromium, openChromium, watchedPage } from './support/chromium.ts';

inChromium('a browser that several people sign in with', () => {
  let system: RunningSystem;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [system, browser] = await Promise.all([launch({ env: { ALLOWED_ORIGINS: 'https://app.example' } }), openChromium()]);
    ({ page } = await watchedPage(browser, new URL(system.url).origin));
    await page.goto(`${system.url}/docs`);
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  const shown = ({ tokens }: Person): Promise<string> =>
    page.evaluate(async (token) => {
      const answer = await fetch('/users/profile', { headers: { Authorization: `Bearer ${token}` } });
      return ((await answer.json()) as { email: string }).email;
    }, tokens.accessToken);

  test('shows each their own, though it kept the same version of the same address for another', async () => {
    const ann = await signUp(system, 'ann@home.example');
    const ben = await signUp(system, 'ben@home.example');
    expect([await shown(ann), await shown(ann), await shown(ben), await shown(ann)]).toEqual([ann.email, ann.email, ben.email, ann.email]);
  });
});
