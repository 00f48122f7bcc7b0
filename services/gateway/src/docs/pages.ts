import { refusalCodes } from '@commonpurse/shared/http';

/** The interactive documentation: everything comes from this gateway, so that it works without a connection and under a strict policy. */
export const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Commonpurse API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

export const docsScript = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

/** The page behind a problem's \`type\`; null for a code that does not exist. */
export function problemPage(code: string): string | null {
  if (!Object.hasOwn(refusalCodes, code)) return null;
  const [status, title] = refusalCodes[code as keyof typeof refusalCodes];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${code}: ${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    <p>Code <code>${code}</code>, usually with status ${status}.</p>
    <p>${adviceFor(status)}</p>
    <p><a href="/docs">The API's documentation</a></p>
  </body>
</html>
`;
}

function adviceFor(status: number): string {
  if (status === 400)
    return 'Something in the request is not as the API takes it: <code>errors</code> names each place and why. Nothing was changed.';
  if (status === 401)
    return 'Sign in, or refresh the access token, and send it as <code>Authorization: Bearer</code>. Nothing was changed.';
  if (status === 412)
    return 'Read the resource again, apply your change to what it is now, and send its new <code>ETag</code>. Nothing was changed.';
  if (status === 429)
    return 'Wait as long as <code>Retry-After</code> says; <code>RateLimit</code> tells what is left. Nothing was changed.';
  if (status >= 500) {
    return 'It is not your request. Try again after <code>Retry-After</code>; send an <code>Idempotency-Key</code>, so that trying again is safe. Tell the operator the <code>requestId</code> when it stays.';
  }
  return '<code>detail</code> says what stands in the way. Nothing was changed.';
}
