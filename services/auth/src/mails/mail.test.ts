import { describe, expect, test } from '@jest/globals';
import { mayMail } from './mail-queue.ts';
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
