interface PageContent {
  readonly title: string;
  /** HTML. */
  readonly body: string;
  /** Path of a script that the page needs. */
  readonly script?: string;
}

/** A page for people: small, in the style that all of ours share. */
export const pageOf = ({ title, body, script }: PageContent): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Commonpurse</title>
    <link rel="icon" type="image/svg+xml" href="/pages/icon.svg">
    <link rel="stylesheet" href="/pages/page.css">
  </head>
  <body>
    <main>
      <h1>${title}</h1>
${body
  .trim()
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
    </main>${script === undefined ? '' : `\n    <script src="${script}"></script>`}
  </body>
</html>
`;

/** What such a page may do: its own style and script, calls of this gateway. A form is sent by the script or not at all, so that nothing of
 *  it ever stands in an address. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
