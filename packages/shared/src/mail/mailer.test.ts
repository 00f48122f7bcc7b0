import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { fakeClock } from '../testing/fake-clock.ts';
import { loadConfig } from '../service/load-config.ts';
import { createMailer } from './create-mailer.ts';
import { MailDeferred, MailRefused, MailUnanswered, MailUnavailable } from './mailer.ts';
import type { Mail } from './mailer.ts';
import { MailConfig, openMailer } from './open-mailer.ts';

const clock = fakeClock();
const from = 'Commonpurse <no-reply@example.com>';
const mail: Mail = {
  to: 'ada@example.com',
  subject: 'Grüße: verify',
  text: 'Open http://localhost:8080/verify?token=abc.def-ghi_0123456789\n',
  html: '<p>Open <a href="http://localhost:8080/verify?token=abc">this</a></p>',
};
const injections: [string, Partial<Mail>][] = [
  ['a line end in the address', { to: 'ada@example.com\r\nBcc: eve@example.com' }],
  ['a line end in the subject', { subject: 'x\nBcc: eve@example.com' }],
  ['two addresses', { to: 'ada@example.com, eve@example.com' }],
  ['a name beside the address', { to: 'Ada <ada@example.com>' }],
  ['a group', { to: 'all:ada@example.com;' }],
  ['no address', { to: 'ada' }],
  ['an id that is a path', { id: '../../x' }],
];

const refusing =
  (responseCode: number) =>
  (_what: unknown, _session: unknown, done: (error: Error) => void): void =>
    done(Object.assign(new Error('no'), { responseCode }));

const refusingContent =
  (responseCode: number): NonNullable<SMTPServerOptions['onData']> =>
  (stream, session, done) =>
    void stream.resume().once('end', () => refusing(responseCode)(null, session, done));

/** With a mail server of its own, which asks for no login unless told to. */
async function withServer(options: SMTPServerOptions, use: (port: number, server: SMTPServer) => Promise<void>): Promise<void> {
  const server = new SMTPServer({ disabledCommands: ['STARTTLS'], authOptional: true, ...options });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  await use((server.server.address() as AddressInfo).port, server);
  await new Promise<void>((resolve) => server.close(resolve));
}

describe('Mails in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mails-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('are files as any mail program reads them, for nobody else to read', async () => {
    const mailer = createMailer({ directory: join(folder, 'new', 'mail'), from, clock });
    await mailer.send({ ...mail, id: 'm-1' });
    mailer.close();
    const names = await readdir(join(folder, 'new', 'mail'));
    expect(names).toEqual(['2026-01-15T12-00-00.000Z-m-1.eml']);
    const path = join(folder, 'new', 'mail', names[0]!);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^From: Commonpurse <no-reply@example.com>\r\n/m);
    expect(text).toMatch(/^To: ada@example.com\r\n/m);
    expect(text).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(text).toMatch(/^Message-ID: <m-1@commonpurse>\r\n/m);
    expect(text).toMatch(/^Date: Thu, 15 Jan 2026 12:00:00 \+0000\r\n/m);
    expect(text).toMatch(/^MIME-Version: 1.0\r\n/m);
    expect(text).toMatch(/Content-Type: multipart\/alternative/);
    expect(text).toContain('token=abc.def-ghi_0123456789');
    expect(text).toContain('<a href="http://localhost:8080/verify?token=abc">');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('are one file however often the same one is sent', async () => {
    const mailer = createMailer({ directory: folder, from, clock });
    const one = { ...mail, id: 'm-2', at: '2026-01-01T00:00:00.000Z' };
    await mailer.send(one);
    clock.advance(60_000);
    await mailer.send(one);
    await mailer.send(mail);
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('that can not be written are worth another try', async () => {
    await writeFile(join(folder, 'taken'), '');
    await expect(createMailer({ directory: join(folder, 'taken'), from, clock }).send(mail)).rejects.toBeInstanceOf(MailUnavailable);
  });

  test.each(injections)('with %s are refused', async (_, change) => {
    await expect(createMailer({ directory: folder, from, clock }).send({ ...mail, ...change })).rejects.toBeInstanceOf(MailRefused);
    expect(await readdir(folder)).toEqual([]);
  });

  test('need a folder or a server', () => {
    expect(() => createMailer({ from, clock })).toThrow();
  });
});

describe('Mails by SMTP', () => {
  const received: { to: string[]; text: string }[] = [];
  let server: SMTPServer;
  let smtpUrl: string;
  beforeAll(async () => {
    server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) =>
        username === 'u' && password === 'p@ss' ? done(null, { user: 'u' }) : done(Object.assign(new Error('no'), { responseCode: 535 })),
      onRcptTo: ({ address }, _session, done) => {
        const codes: Record<string, number> = { 'never@example.com': 550, 'later@example.com': 451 };
        const responseCode = codes[address];
        done(responseCode === undefined ? null : Object.assign(new Error('not now'), { responseCode }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    smtpUrl = `smtp://u:p%40ss@127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

  test('arrive', async () => {
    const mailer = createMailer({ smtpUrl, from, clock });
    await mailer.send({ ...mail, id: 'm-3' });
    mailer.close();
    expect(received[0]).toEqual({ to: ['ada@example.com'], text: expect.stringContaining('Message-ID: <m-3@commonpurse>') });
    expect(received[0]?.text).toContain('token=abc.def-ghi_0123456789');
  });

  test('to an address that is refused for good are not tried again, to one that is not ready they are, and others go meanwhile', async () => {
    const mailer = createMailer({ smtpUrl, from, clock });
    await expect(mailer.send({ ...mail, to: 'never@example.com' })).rejects.toBeInstanceOf(MailRefused);
    await expect(mailer.send({ ...mail, to: 'later@example.com' })).rejects.toBeInstanceOf(MailDeferred);
    await mailer.send(mail);
    mailer.close();
  });

  test.each([
    ['a password that is wrong', 'u:wrong@', { onAuth: refusing(535) }],
    ['somebody who has not signed in', '', { authOptional: false }],
    ['the sender', '', { onMailFrom: refusing(550) }],
    ['the sender for now', '', { onMailFrom: refusing(451) }],
    ['everybody for now, whoever a mail is for', '', { onRcptTo: refusing(421) }],
    ['everybody for now, whatever a mail says', '', { onData: refusingContent(421) }],
    ['whoever calls', '', { onConnect: (session: unknown, done: (error: Error) => void) => refusing(554)(null, session, done) }],
  ])('wait where the server refuses %s, not them: the operator can mend that', async (_what, login, refusal) => {
    await withServer(refusal, async (port) => {
      const mailer = createMailer({ smtpUrl: `smtp://${login}127.0.0.1:${port}`, from, clock });
      await expect(mailer.send(mail)).rejects.toMatchObject({ name: 'MailUnavailable' });
      mailer.close();
    });
  });

  test('whose content the server refuses for good are not tried again', async () => {
    await withServer({ onData: refusingContent(554) }, async (port) => {
      const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, clock });
      await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailRefused);
      mailer.close();
    });
  });

  test('whose content the server does not want now are tried again', async () => {
    await withServer({ onData: refusingContent(451) }, async (port) => {
      const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, clock });
      await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailDeferred);
      mailer.close();
    });
  });

  test('may have been taken by a server that goes away while it has them', async () => {
    const sockets = new Set<Socket>();
    const onData: SMTPServerOptions['onData'] = (stream) => {
      stream.resume().once('end', () => sockets.forEach((socket) => socket.destroy()));
    };
    await withServer({ onData }, async (port, smtp) => {
      smtp.server.on('connection', (socket) => sockets.add(socket));
      const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, clock });
      await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailUnanswered);
      mailer.close();
    });
  });

  test('wait when there is no server, which can have taken none', async () => {
    const mailer = createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from, clock });
    await expect(mailer.send(mail)).rejects.toMatchObject({ name: 'MailUnavailable' });
    mailer.close();
  });

  test.each(injections)('with %s are refused before anybody is called', async (_, change) => {
    const mailer = createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from, clock });
    await expect(mailer.send({ ...mail, ...change })).rejects.toBeInstanceOf(MailRefused);
    mailer.close();
  });
});

test('Without a server in the environment mails lie in a folder below DATA_DIR', async () => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'mail-'));
  try {
    const config = loadConfig(MailConfig, { DATA_DIR, MAIL_FROM: from });
    const mailer = await openMailer(config, clock);
    await mailer.send(mail);
    const [name] = await readdir(join(DATA_DIR, 'mail'));
    expect(await readFile(join(DATA_DIR, 'mail', name!), 'utf8')).toContain('From: Commonpurse <no-reply@example.com>');
  } finally {
    await rm(DATA_DIR, { recursive: true });
  }
  expect(() => loadConfig(MailConfig, { SMTP_URL: 'https://mail.example' })).toThrow('SMTP_URL: is a URL');
});

test('A folder of mails that can not be had is no mailer; with a server none is needed', async () => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'mail-'));
  try {
    const directory = join(DATA_DIR, 'mail');
    await writeFile(directory, '');
    await expect(openMailer(loadConfig(MailConfig, { DATA_DIR }), clock)).rejects.toMatchObject({ code: 'EEXIST', path: directory });
    const mailer = await openMailer(loadConfig(MailConfig, { DATA_DIR, SMTP_URL: 'smtp://127.0.0.1:1' }), clock);
    mailer.close();
  } finally {
    await rm(DATA_DIR, { recursive: true });
  }
});

test('Production sends no mail by a server from an address that nobody can have', () => {
  const production = { NODE_ENV: 'production', SMTP_URL: 'smtp://mail.example' };
  expect(() => loadConfig(MailConfig, production)).toThrow(/^MAIL_FROM: is required: /);
  expect(() => loadConfig(MailConfig, { ...production, MAIL_FROM: 'nobody' })).toThrow(/^MAIL_FROM: is an address, or [^\n]*$/);
  expect(loadConfig(MailConfig, { ...production, MAIL_FROM: 'ann@example.com' }).MAIL_FROM).toBe('ann@example.com');
  expect(loadConfig(MailConfig, { ...production, SMTP_URL: '' }).SMTP_URL).toBeUndefined();
});

test.each(['x', 'nobody', 'A <b>', 'a@example.com, b@example.com', 'a@example.com\nBcc: b@example.com', `${'a'.repeat(320)}@example.com`])(
  'A sender that is no address stops the start, in one line that says what is: %j',
  (MAIL_FROM) => {
    expect(() => loadConfig(MailConfig, { MAIL_FROM })).toThrow(/^MAIL_FROM: (is an address, or .*|has at most 320 characters)$/);
  },
);

test.each(['a@example.com', '<a@localhost>', 'Ann Lee <a@example.com>', '"Lee, Ann" <a@example.com>'])(
  'A sender may be %s',
  (MAIL_FROM) => {
    expect(loadConfig(MailConfig, { MAIL_FROM }).MAIL_FROM).toBe(MAIL_FROM);
  },
);
