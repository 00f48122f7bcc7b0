import { createPrivateKey, generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { areEncryptionKeys } from '../secrets/encryption-keys.ts';
import type { Environment } from './load-config.ts';
import { makeFolder } from './make-folder.ts';

/** The secrets of an installation. */
export interface Keys {
  /** PKCS#8 PEM of the P-256 key that signs access tokens. */
  readonly jwtPrivateKey: string;
  readonly internalKey: string;
  /** What ids of repeated requests, refresh tokens and mailed links derive from, and what signs cursors. */
  readonly installationKey: Buffer;
  /** `<key id>:<32 bytes, base64>`, comma separated, the first one encrypts. */
  readonly encryptionKeys: string;
  /** The same as the environment variables that a service started by itself takes. */
  readonly variables: Readonly<Record<'JWT_PRIVATE_KEY' | 'INTERNAL_KEY' | 'ENCRYPTION_KEYS', string>>;
}

const lost = ' (without it, what it protects is lost)';
const replaced = ', or put it aside as the README says';
/** What remains where there is no backup: of two of them nothing lasting was made. */
const withoutBackup = { 'jwt.pem': replaced, 'internal.key': replaced, 'installation.key': lost, 'encryption.keys': lost } as const;
type KeyFile = keyof typeof withoutBackup;

/** Reads the secrets in a folder and makes those that are missing, once and for ever, readable by the owner alone.
 *  Of several processes that start together all get the same.
 *  @param given an environment: what it holds is checked already, and neither read nor made
 *  @param hasData what was made with the encryption and the installation key is there already: these two are not made anew then. Secrets could
 *    not be read, everybody would have to sign in again, and a repeated request would not be known as one: it would be done twice
 *  @throws Error naming a key that is damaged, or missing beside data */
export async function openKeys(directory: string, given: Environment = {}, hasData = false): Promise<Keys> {
  await makeFolder(directory, 0o700);
  const key = async (name: KeyFile, make: () => Promise<string> | string, fits: (text: string) => boolean): Promise<string> => {
    const path = join(directory, name);
    const text = (await readOrNull(path)) ?? (await makeOnce(directory, path, await make()));
    if (!fits(text)) throw new Error(`${path} is damaged: bring it back from a backup${withoutBackup[name]}`);
    return text;
  };
  const jwtPrivateKey = given['JWT_PRIVATE_KEY'] || (await key('jwt.pem', newSigningKey, isSigningKey));
  const internalKey = given['INTERNAL_KEY'] || (await key('internal.key', newSecret, isMadeSecret));
  const firstSecret = (name: KeyFile): string => {
    if (!hasData) return newSecret();
    throw new Error(`${join(directory, name)} is missing though there is data: bring it back from a backup`);
  };
  const installationKey = Buffer.from(await key('installation.key', () => firstSecret('installation.key'), isMadeSecret), 'base64');
  const newEncryptionKey = (): string => `k1:${firstSecret('encryption.keys')}`;
  const encryptionKeys = given['ENCRYPTION_KEYS'] || (await key('encryption.keys', newEncryptionKey, areEncryptionKeys));
  const variables = { JWT_PRIVATE_KEY: jwtPrivateKey, INTERNAL_KEY: internalKey, ENCRYPTION_KEYS: encryptionKeys };
  return { jwtPrivateKey, internalKey, installationKey, encryptionKeys, variables };
}

/** The key that services of an installation trust each other by, where it was made for it; null: it was not. Makes nothing. */
export async function findInternalKey(directory: string): Promise<string | null> {
  const key = await readOrNull(join(directory, 'internal.key'));
  return key !== null && isMadeSecret(key) ? key : null;
}

const newSecret = (): string => randomBytes(32).toString('base64');
const isMadeSecret = (text: string): boolean => Buffer.from(text, 'base64').length >= 32;

async function newSigningKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function isSigningKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes the whole file aside and links it into place: it is there whole or not at all, and who comes second reads the first one's. */
async function makeOnce(directory: string, path: string, text: string): Promise<string> {
  const aside = `${path}.${randomUUID()}.tmp`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(aside);
  }
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return (await readFile(path, 'utf8')).trim();
}
