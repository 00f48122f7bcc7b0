import { describe, expect, test } from '@jest/globals';
import { deferredMails, mayMail, queuedMail } from './mail-queue.ts';
import { accountExistsMail, verifyEmailMail } from './mail.ts';

const link = 'http://localhost:8080/verify-email?token=q2X0Yb1mC8sZk3vW9tLr4g';

describe('a mail', () => {
  test('says the same in text and HTML', () => {
    const { subject, text, html } = verifyEmailMail('Ada', link);
    expect(subject).toBe('Confirm your address');
    expect(text).toContain(`\n${link}\n`);
    expect(html).toContain(`href="${link}"`);
    for (const part of [text, html]) expect(part).toMatch(/Hello Ada,[^]*24 hours/);
  });

  test('keeps its lines short enough to travel undecoded', () => {
    const { text, html } = verifyEmailMail('Ada Lovelace', link);
    expect([text, html].flatMap((part) => part.split('\n')).filter((line) => line.length > 76)).toEqual([]);
  });

  test('lets no name write HTML', () => {
    const { html } = accountExistsMail(`<img src=x onerror="alert('&')">`, link);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;');
  });
});

describe('mails of one kind', () => {
  const last = Date.UTC(2026, 2, 14, 12);
  test.each([
    ['are kept to one a minute', 59_999, false],
    ['go on after it', 60_000, true],
    ['are kept to it where another clock is a little behind', -5_000, false],
    ['do not wait for a clock that was set back to get there again', -60 * 60_000, true],
  ])('%s', (_what, afterMs, expected) => {
    expect(mayMail(new Date(last).toISOString(), last + afterMs)).toBe(expected);
  });
});

describe('a mail whose receiver is not ready', () => {
  const promisedMs = Date.UTC(2026, 2, 14, 12);
  const [one, other] = [queuedMail('one', 'verify-email', promisedMs), queuedMail('other', 'account-exists', promisedMs)];
  test.each([
    ['a quarter of a minute at first', 0, 15_000],
    ['as long as it has waited', 40_000, 40_000],
    ['five minutes at most', 20 * 60_000, 5 * 60_000],
    ['a quarter of a minute where the clock was set back', -60 * 60_000, 15_000],
  ])('pauses for %s, and no other does', (_what, afterMs, pauseMs) => {
    const nowMs = promisedMs + afterMs;
    const claimedUntil = new Date(nowMs + pauseMs).toISOString();
    expect(deferredMails([one, other], 'one', nowMs)).toEqual([{ ...one, claimedUntil }, other]);
  });
});
