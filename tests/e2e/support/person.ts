import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendRequest, type TestAnswer, type TestCall } from '@commonpurse/shared/testing';
import { eventually } from './eventually.ts';

export const password = 'correct horse battery staple';

/** Somebody with an account, signed in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly tokens: { accessToken: string; refreshToken: string };
  call(method: string, path: string, call?: TestCall): Promise<TestAnswer>;
  get(path: string): Promise<TestAnswer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
}
export interface Place {
  readonly url: string;
  readonly dataDir: string;
}

/** Registers, follows the link in the mail, signs in: as a person does it. */
export async function signUp(place: Place, email: string, facts: Record<string, unknown> = {}): Promise<Person> {
  const registered = await sendRequest(place.url, 'POST', '/auth/register', { body: { password, ...facts, email } });
  if (registered.status !== 202) throw new Error(`register: ${registered.text}`);
  const token = await mailedToken(place, email);
  const verified = await sendRequest(place.url, 'POST', '/auth/verify-email', { body: { token } });
  if (verified.status !== 200) throw new Error(`verify: ${verified.text}`);
  return signIn(place, email, facts['password'] as string | undefined);
}

export async function signIn(place: Place, email: string, secret = password): Promise<Person> {
  const { status, body, text } = await sendRequest(place.url, 'POST', '/auth/login', { body: { email, password: secret } });
  if (status !== 200) throw new Error(`login: ${text}`);
  return personAt(place, email, { id: body.user.id, tokens: { accessToken: body.accessToken, refreshToken: body.refreshToken } });
}

/** The same person at the same place with tokens got before (after a restart, say). */
export function personAt(place: Place, email: string, { id, tokens }: Pick<Person, 'id' | 'tokens'>): Person {
  const call = (method: string, path: string, options: TestCall = {}): Promise<TestAnswer> =>
    sendRequest(place.url, method, path, { token: tokens.accessToken, ...options });
  return {
    id,
    email,
    tokens,
    call,
    get: (path) => call('GET', path),
    post: (path, body, headers = {}) => call('POST', path, { ...(body === undefined ? {} : { body }), headers }),
  };
}

/** Every mail that was sent, oldest first; one that is just being written is none yet. */
export async function mailsOf({ dataDir }: Pick<Place, 'dataDir'>): Promise<string[]> {
  const folder = join(dataDir, 'mail');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml')).toSorted();
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

/** What the link to that page carries in the newest mail to an address that has one. */
export async function mailedToken(place: Place, email: string, page = 'verify-email'): Promise<string> {
  const read = async (): Promise<string | null> => {
    const mine = (await mailsOf(place)).filter((mail) => new RegExp(`^To:.*${email.replaceAll('.', '\\.')}`, 'mi').test(mail));
    // quoted-printable breaks long lines with `=` and writes `=` as `=3D`
    const texts = mine.map((mail) => mail.replaceAll('=\r\n', '').replaceAll('=3D', '='));
    const links = texts.map((text) => new RegExp(`/${page}\\?token=([\\w.~-]+)`).exec(text)?.[1]);
    // what was mailed meanwhile for another reason may have come later
    return links.findLast((token) => token !== undefined) ?? null;
  };
  return (await eventually(read, (token) => token !== null))!;
}
