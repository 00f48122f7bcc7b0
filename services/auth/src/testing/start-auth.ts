import { generateKeyPairSync } from 'node:crypto';
import type { Mail, Mailer } from '@commonpurse/shared/mail';
import bcrypt from 'bcrypt';
import { loadConfig } from '@commonpurse/shared/service';
import {
  noted,
  type NotedStore,
  startTestService,
  type TestAnswer,
  type TestService,
  type TestServiceOptions,
} from '@commonpurse/shared/testing';
import { type Doc, type Documents, upsertNewer } from '@commonpurse/shared/documents';
import type { AddressRequest } from '../accounts/address-request.ts';
import type { User, UserChange } from '../accounts/user.ts';
import type { AdminRoll } from '../admins/admin-roll.ts';
import type { StoredSigningKey } from '../keys/key-ring.ts';
import type { HistoryLine } from '@commonpurse/shared/messaging';
import type { BcryptThreads } from '../passwords/open-bcrypt-threads.ts';
import type { StampDebt } from '../people/stamp-debts.ts';
import type { Share } from '../shares/share.ts';
import { AuthConfig } from '../config.ts';
import { createAuthService } from '../service.ts';

export const goodPassword = 'a purse full of 7 coins';

export interface StartAuthOptions extends TestServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Stands between auth and the mails that arrive; rejecting is a mail server that is away. */
  readonly beforeMail?: (mail: Mail) => Promise<void>;
}

/** Auth as it runs, but for cheap passwords and mails that land in a list. */
export interface TestAuth extends TestService {
  /** What was sent, oldest first. */
  readonly mails: readonly Mail[];
  /** The accounts, as they are stored. */
  readonly users: Documents<User>;
  readonly addressRequests: Documents<AddressRequest>;
  readonly shares: Documents<Share>;
  readonly rolls: Documents<AdminRoll>;
  readonly stampDebts: Documents<StampDebt>;
  readonly signingKeys: Documents<StoredSigningKey>;
  readonly history: Documents<HistoryLine>;
  /** Changes an account behind everybody's back. */
  tamper(userId: string, change: UserChange): Promise<void>;
  /** The token of the newest mail to this address; waits for it. */
  tokenFor(email: string, after?: number): Promise<string>;
  register(facts: { email: string; password?: string; [field: string]: unknown }, headers?: Record<string, string>): Promise<TestAnswer>;
  /** Registers and verifies. */
  account(email: string, facts?: Record<string, unknown>): Promise<void>;
  login(email: string, password?: string, headers?: Record<string, string>): Promise<TestAnswer>;
  /** Registers, verifies and signs in. */
  person(email: string): Promise<SignedIn>;
}
export interface SignedIn {
  readonly token: string;
  readonly refreshToken: string;
  readonly id: string;
  readonly email: string;
}

export const signingPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The secrets that auth can't do without. */
export const testSecrets = { JWT_PRIVATE_KEY: signingPem, ENCRYPTION_KEYS: `t1:${Buffer.alloc(32, 7).toString('base64')}` };

const inThisThread: BcryptThreads = {
  hash: (password, cost) => bcrypt.hash(password, cost),
  compare: (password, hash) => bcrypt.compare(password, hash),
  close: async () => {},
};

export async function startAuth(options: StartAuthOptions = {}): Promise<TestAuth> {
  const mails: Mail[] = [];
  const mailer: Mailer = {
    send: async (mail) => {
      await options.beforeMail?.(mail);
      mails.push(mail);
    },
  };
  const config = loadConfig(AuthConfig, { ...testSecrets, PUBLIC_URL: 'https://purse.example', ...options.env });
  let stored!: NotedStore;
  const system = await startTestService((deps) => createAuthService({ ...deps, config, mailer, bcrypt: inThisThread, passwordCost: 4 }), {
    ...options,
    deps: (deps) => {
      const given = options.deps ? options.deps(deps) : deps;
      stored = noted(given.documents);
      return { ...given, documents: stored.store };
    },
  });
  const collection = <T extends Doc>(name: string) => stored.opened.get(name) as unknown as Documents<T>;
  const call = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    system.request('POST', path, { body, headers });
  const auth: TestAuth = Object.defineProperties({} as TestAuth, Object.getOwnPropertyDescriptors(system));
  const own = {
    mails,
    get users() {
      return collection<User>('users');
    },
    get addressRequests() {
      return collection<AddressRequest>('address-requests');
    },
    get shares() {
      return collection<Share>('shares');
    },
    get rolls() {
      return collection<AdminRoll>('admin-rolls');
    },
    get stampDebts() {
      return collection<StampDebt>('stamp-debts');
    },
    get signingKeys() {
      return collection<StoredSigningKey>('signing-keys');
    },
    get history() {
      return collection<HistoryLine>('history');
    },
    tamper: async (userId: string, change: UserChange) => {
      await upsertNewer(collection<User>('users'), userId, (user) => ({ ...user!, ...change, version: user!.version + 1 }));
    },
    tokenFor: (email: string, after = 0) =>
      system.until(() => tokenIn(mails.slice(after).findLast((mail) => mail.to === email && mail.text.includes('token=')))),
    register: (facts: object, headers?: Record<string, string>) => call('/auth/register', { password: goodPassword, ...facts }, headers),
    account: async (email: string, facts: Record<string, unknown> = {}) => {
      const sent = mails.length;
      expectStatus(await auth.register({ email, ...facts }), 202);
      expectStatus(await call('/auth/verify-email', { token: await auth.tokenFor(email, sent) }), 200);
    },
    login: (email: string, password = goodPassword, headers?: Record<string, string>) => call('/auth/login', { email, password }, headers),
    person: async (email: string) => {
      await auth.account(email);
      const { body } = expectStatus(await auth.login(email), 200);
      return { token: body.accessToken, refreshToken: body.refreshToken, id: body.user.id, email };
    },
  };
  return Object.defineProperties(auth, Object.getOwnPropertyDescriptors(own));
}

const tokenIn = (mail: Mail | undefined): string | undefined => /token=([\w-]+)/.exec(mail?.text ?? '')?.[1];

function expectStatus(answer: TestAnswer, status: number): TestAnswer {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
  return answer;
}
