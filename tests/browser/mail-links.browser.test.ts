import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sendRequest } from '@commonpurse/shared/testing';
import type { Browser } from 'playwright-core';
import { eventually } from '../e2e/support/eventually.ts';
import { cleanUp, launch, type RunningSystem } from '../e2e/support/launch.ts';
import { mailsOf, password, signIn, signUp } from '../e2e/support/person.ts';
import { inChromium, openChromium, watchedPage } from './support/chromium.ts';

inChromium('the link of a mail, where no application is at home', () => {
  let system: RunningSystem;
  let browser: Browser;

  beforeAll(async () => {
    [system, browser] = await Promise.all([launch(), openChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  /** The link in the newest mail to an address, as a mail program makes it clickable. */
  async function link(email: string, path: string): Promise<string> {
    const read = async (): Promise<string | undefined> => {
      const mine = (await mailsOf(system)).findLast((mail) => mail.includes(`To: ${email}`) || mail.includes(`<${email}>`)) ?? '';
      return new RegExp(`^http\\S+${path}\\S*`, 'm').exec(mine.replaceAll('=\r\n', '').replaceAll('=3D', '='))?.[0].trim();
    };
    return (await eventually(read, (found) => found !== undefined))!;
  }
  async function register(email: string): Promise<void> {
    expect((await sendRequest(system.url, 'POST', '/auth/register', { body: { email, password } })).status).toBe(202);
  }
  const mayComeIn = async (email: string): Promise<boolean> =>
    (await sendRequest(system.url, 'POST', '/auth/login', { body: { email, password } })).status === 200;

  test('confirms an address on a button, not by being opened', async () => {
    await register('ann@home.example');
    const { page, complaints } = await watchedPage(browser, new URL(system.url).origin);
    await page.goto(await link('ann@home.example', '/verify-email'));
    await page.reload();
    expect(await mayComeIn('ann@home.example')).toBe(false);
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByText('Your address is confirmed').waitFor();
    expect(page.url()).toBe(`${system.url}/verify-email`);
    expect(complaints).toEqual([]);
    await signIn(system, 'ann@home.example');
    await page.close();
  });

  test('that is too old says so and offers another one', async () => {
    await register('bob@home.example');
    const { page } = await watchedPage(browser, new URL(system.url).origin);
    await page.goto(`${system.url}/verify-email?token=old`);
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByRole('alert').filter({ hasText: 'used before' }).waitFor();
    await page.getByLabel('Address').fill('bob@home.example');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByText('a mail is on its way').waitFor();
    await page.close();
  });

  test('to sign in says where that is', async () => {
    await signUp(system, 'eve@home.example');
    await register('eve@home.example');
    const { page, complaints } = await watchedPage(browser, new URL(system.url).origin);
    await page.goto(await link('eve@home.example', '/login'));
    await page.getByText('You have an account').first().waitFor();
    await page.getByRole('link', { name: 'forgotten my password' }).click();
    await page.getByRole('button', { name: 'Send me a link' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});
