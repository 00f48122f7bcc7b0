import { pageOf } from './page.ts';

/** Where the links of mails lead as long as no application stands at `PUBLIC_URL`. Opening one does nothing, for programs that look into mails
 *  open links too; a button calls the API, as an application would. What is shown first depends on whether the link brought its token. */
export const accountPages: Readonly<Record<string, string>> = {
  '/verify-email': pageOf({
    title: 'Confirm your address',
    script: '/pages/account.js',
    body: `
${needsScript()}
<form data-call="/auth/verify-email" data-with-token hidden>
  <p>Press the button to confirm that this address is yours.</p>
  <button>Confirm my address</button>
</form>
<p class="done" hidden>Your address is confirmed. You can sign in now, with the application that you use.</p>
<form data-call="/auth/resend-verification" hidden>
  <p>Another link can be sent to an address that is not confirmed yet.</p>
  ${emailField()}
  <button>Send me a link</button>
</form>
<p class="done" hidden>If the address waits to be confirmed, a mail is on its way.</p>`,
  }),
  '/reset-password': pageOf({
    title: 'Choose a new password',
    script: '/pages/account.js',
    body: `
${needsScript()}
<form data-call="/auth/reset-password" data-with-token hidden>
  <p>At least 12 characters; several words are easy to remember. You will have to sign in again everywhere.</p>
  <label>New password <input name="password" type="password" autocomplete="new-password" required></label>
  <button>Change my password</button>
</form>
<p class="done" hidden>Your password is changed. Sign in with it in the application that you use.</p>
<form data-call="/auth/forgot-password" hidden>
  <p>A link with which you can choose a new password is sent to the address of your account.</p>
  ${emailField()}
  <button>Send me a link</button>
</form>
<p class="done" hidden>If the address has an account, a mail is on its way.</p>`,
  }),
  '/login': pageOf({
    title: 'You have an account',
    body: `
<p>Sign in with the application that you use. At this address there is only the API behind it.</p>
<p><a href="/reset-password">I have forgotten my password</a></p>
<p><a href="/docs">The API's documentation</a></p>`,
  }),
};

function emailField(): string {
  return '<label>Address <input name="email" type="email" autocomplete="email" required></label>';
}

function needsScript(): string {
  return '<noscript><p>This page needs JavaScript to call the API.</p></noscript>';
}
