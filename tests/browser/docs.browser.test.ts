import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { cleanUp, launch, type RunningSystem } from '../e2e/support/launch.ts';
import { type Person, signUp } from '../e2e/support/person.ts';
import { inChromium, openChromium, watchedPage, type WatchedPage } from './support/chromium.ts';

inChromium('the page to try the API, in a browser without a way out', () => {
  let system: RunningSystem;
  let ann: Person;
  let browser: Browser;
  let docs: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [system, browser] = await Promise.all([launch(), openChromium()]);
    ann = await signUp(system, 'ann@home.example', { baseCurrency: 'EUR' });
    docs = await watchedPage(browser, new URL(system.url).origin);
    ({ page } = docs);
    await page.goto(`${system.url}/docs`);
    await page.getByText('/auth/register', { exact: true }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  /** The part of the page that is about one operation, unfolded. */
  async function operation(method: string, path: string): Promise<Locator> {
    const block = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });
    if (!(await block.getAttribute('class'))!.includes('is-open')) await block.locator('.opblock-summary-control').click();
    return block;
  }
  /** Sends what is filled in, and reads the answer that the page shows. */
  async function execute(block: Locator): Promise<{ status: string; body: string }> {
    await block.locator('button.execute').click();
    const shown = block.locator('.live-responses-table');
    await shown.waitFor();
    return {
      status: (await shown.locator('.response-col_status').last().innerText()).trim().split(/\s/)[0]!,
      body: await shown.locator('.response-col_description pre').first().innerText(),
    };
  }

  test('shows every operation', async () => {
    const { paths } = (await ann.get('/openapi.json')).body;
    const documented = Object.entries<object>(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const shown = await page.locator('.opblock-summary-control').evaluateAll((blocks) =>
      blocks.map((block) => {
        const text = (selector: string): string => block.querySelector(selector)?.textContent?.replaceAll('\u200b', '') ?? '';
        return `${text('.opblock-summary-method')} ${text('.opblock-summary-path')}`;
      }),
    );
    expect(shown.toSorted()).toEqual(documented.toSorted());
  });

  test('tries a request that anyone may send', async () => {
    const { status, body } = await execute(await operation('get', '/health/ready'));
    expect(status).toBe('200');
    expect(JSON.parse(body)).toMatchObject({ status: 'ready', services: { records: { ready: true } } });
  });

  test('sends the documented example of a body as it stands', async () => {
    const { status, body } = await execute(await operation('post', '/auth/register'));
    expect([status, JSON.parse(body)]).toEqual(['202', { status: 'verification-sent' }]);
  });

  test('tries a request with an access token', async () => {
    await page.locator('.auth-wrapper .authorize').first().click();
    await page.locator('.auth-container input').first().fill(ann.tokens.accessToken);
    await page.locator('.auth-btn-wrapper .authorize').first().click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
    const { status, body } = await execute(await operation('get', '/users/profile'));
    expect([status, JSON.parse(body).email]).toEqual(['200', ann.email]);
  });

  test('sends the example of a body again and again, and each time it is a new one', async () => {
    const block = await operation('post', '/records');
    const ids: string[] = [];
    while (ids.length < 2) {
      const { status, body } = await execute(block);
      expect(status).toBe('201');
      ids.push(JSON.parse(body).id);
      await block.getByRole('button', { name: 'Clear' }).click();
    }
    expect(new Set(ids).size).toBe(2);
  });

  test.each(['127.0.0.1', 'localhost'])(
    'of %s, as the gateway\u2019s own page, opens a WebSocket with no origin configured',
    async (name) => {
      const url = system.url.replace('127.0.0.1', name);
      const own = await watchedPage(browser, url);
      await own.page.goto(`${url}/docs`);
      // whole: what it still asks for when it is closed would have failed
      await own.page.getByText('/auth/register', { exact: true }).waitFor();
      const { ticket } = (await ann.post('/auth/ws-ticket')).body;
      const first = await own.page.evaluate(
        (address) =>
          new Promise<string>((resolve, reject) => {
            const socket = new WebSocket(address, 'commonpurse.v1');
            socket.addEventListener('message', ({ data }) => resolve(String(data)));
            socket.addEventListener('error', () => reject(new Error('refused')));
          }),
        `${url.replace('http', 'ws')}/ws?ticket=${ticket}`,
      );
      expect(JSON.parse(first)).toMatchObject({ type: 'hello', data: { userId: ann.id } });
      await own.page.close();
      expect(own.complaints).toEqual([]);
    },
  );

  test('had nothing to complain of, its policy included', () => expect(docs.complaints).toEqual([]));
});
