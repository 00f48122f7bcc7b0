import { refusalCodes } from '@commonpurse/shared/http';
import { pageOf } from './page.ts';

/** The page behind a problem's `type`; null for a code that does not exist. */
export function problemPage(code: string): string | null {
  if (!Object.hasOwn(refusalCodes, code)) return null;
  const [status, title] = refusalCodes[code as keyof typeof refusalCodes];
  const body = `
<p>Code <code>${code}</code>, usually with status ${status}.</p>
<p>${adviceFor(status)}</p>
<p><a href="/docs">The API's documentation</a></p>`;
  return pageOf({ title, body });
}

function adviceFor(status: number): string {
  if (status === 400)
    return 'Something in the request is not as the API takes it: <code>errors</code> names the places, a hundred at most, and why. Nothing was changed.';
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
