import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { accountPages } from './account-pages.ts';
import { docsPage, docsPolicy, docsScript } from './docs-page.ts';
import { pagePolicy } from './page.ts';

interface Served {
  readonly type: string;
  readonly content: () => string | Buffer;
  readonly policy?: string;
}

/** The pages for people and what they are made of: everything from this machine. Answers where they are. */
export function mountPages(app: Express): string[] {
  const pages = served();
  for (const [path, { type, content, policy }] of Object.entries(pages)) {
    app.get(path, (_req, res) => {
      res.setHeader('Content-Type', `${type}; charset=utf-8`);
      res.setHeader('Cache-Control', 'no-cache');
      if (policy !== undefined) res.setHeader('Content-Security-Policy', policy);
      res.end(content());
    });
  }
  const forPeople = Object.keys(pages).filter((path) => pages[path]!.type === 'text/html');
  forgiveSlashes(app, [...forPeople, '/problems/:code']);
  return Object.keys(pages);
}

/** People type addresses, and end them with a slash as often as not. A page has one address all the same, so that what is kept of it (a bookmark, a
 *  cache) is kept once. The query goes along: it may hold the token of a mail. No path leads out: one with two slashes gets no further than the door. */
function forgiveSlashes(app: Express, pages: readonly string[]): void {
  for (const page of pages) {
    app.get(`${page}/`, (req, res) => {
      const location = req.url.replace(/\/(\?.*)?$/, '$1');
      res.writeHead(308, { Location: location, 'Cache-Control': 'no-cache', 'Content-Length': 0 }).end();
    });
  }
}

function served(): Record<string, Served> {
  const own = fileURLToPath(new URL('./assets', import.meta.url));
  const library = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const file = (type: string, folder: string, name: string): Served => ({ type, content: () => readFileSync(join(folder, name)) });
  const account = Object.entries(accountPages).map(([path, page]) => [
    path,
    { type: 'text/html', content: () => page, policy: pagePolicy },
  ]);
  return {
    '/docs': { type: 'text/html', content: () => docsPage, policy: docsPolicy },
    '/docs/start.js': { type: 'text/javascript', content: () => docsScript },
    '/docs/swagger-ui.css': file('text/css', library, 'swagger-ui.css'),
    '/docs/swagger-ui-bundle.js': file('text/javascript', library, 'swagger-ui-bundle.js'),
    '/pages/account.js': file('text/javascript', own, 'account.js'),
    '/pages/page.css': file('text/css', own, 'page.css'),
    '/pages/icon.svg': file('image/svg+xml', own, 'icon.svg'),
    ...Object.fromEntries(account),
  };
}
