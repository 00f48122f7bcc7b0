import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where this machine has a Chromium: `CHROMIUM_PATH`, else the first one on the `PATH`; null where there is none. */
const chromiumPath: string | null =
  process.env['CHROMIUM_PATH'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path)) ??
  null;

/** `npm test` has to pass where there is nothing but Node, so without a browser this says what was left out; a build counts that as a failure. */
export const inChromium = chromiumPath === null ? describe.skip : describe;

/** Without a way out: no name resolves, so whatever a page needs must come from the system itself. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
];

/** Generous: only a failing test ever waits that long. */
const patienceMs = 120_000;

export const openChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath!, headless: true, args: flags, timeout: patienceMs });

/** What the browser itself gives up when it leaves a page: mostly the icon, which no page waits for. An answer that is refused or cut fails otherwise. */
const givenUp = 'net::ERR_ABORTED';

/** A page, and everything about it that should not be. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console (violations of the policy among them), exceptions, failed requests, and requests to elsewhere. */
  readonly complaints: readonly string[];
}

/** @param origin where everything has to come from */
export async function watchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (why !== givenUp) complaints.push(`failed: ${request.url()} ${why}`);
  });
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) complaints.push(`elsewhere: ${request.url()}`);
  });
  return { page, complaints };
}
