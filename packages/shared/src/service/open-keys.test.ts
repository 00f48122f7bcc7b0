import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeys } from './open-keys.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'keys-')), 'keys');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

describe('The keys of an installation', () => {
  test('are made once, for the owner alone', async () => {
    const keys = await openKeys(folder);
    expect(createPrivateKey(keys.jwtPrivateKey).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(keys.installationKey).toHaveLength(32);
    expect(Buffer.from(keys.internalKey, 'base64')).toHaveLength(32);
    expect(keys.encryptionKeys).toMatch(/^k1:[\w+/]{43}=$/);
    expect(keys.variables).toEqual({
      JWT_PRIVATE_KEY: keys.jwtPrivateKey,
      INTERNAL_KEY: keys.internalKey,
      ENCRYPTION_KEYS: keys.encryptionKeys,
    });
    expect((await readdir(folder)).toSorted()).toEqual(['encryption.keys', 'installation.key', 'internal.key', 'jwt.pem']);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await openKeys(folder)).toEqual(keys);
  });

  test('are the same for all who open them at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openKeys(folder)));
    for (const keys of all) expect(keys).toEqual(all[0]);
    expect(await readdir(folder)).toHaveLength(4);
  });

  test.each([
    ['jwt.pem', ', or put it aside as the README says'],
    ['internal.key', ', or put it aside as the README says'],
    ['installation.key', ' (without it, what it protects is lost)'],
    ['encryption.keys', ' (without it, what it protects is lost)'],
  ])('are never replaced when %s is damaged, and what can be done is said', async (name, otherwise) => {
    await openKeys(folder);
    await writeFile(join(folder, name), 'x');
    await expect(openKeys(folder)).rejects.toThrow(`${join(folder, name)} is damaged: bring it back from a backup${otherwise}`);
  });

  // a new installation key would sign everybody out, and a repeated request would make a second expense
  test.each(['encryption.keys', 'installation.key'])('never make %s anew beside what was made with it', async (name) => {
    await openKeys(folder);
    await rm(join(folder, name));
    await expect(openKeys(folder, {}, true)).rejects.toThrow(`${join(folder, name)} is missing though there is data`);
    expect(await readdir(folder)).toHaveLength(3);
  });

  test('hold up no start for a key that is given, or that nothing lasting was made with', async () => {
    await openKeys(folder);
    for (const name of ['encryption.keys', 'jwt.pem', 'internal.key']) await rm(join(folder, name));
    await expect(openKeys(folder, { ENCRYPTION_KEYS: 'k1:x' }, true)).resolves.toMatchObject({ encryptionKeys: 'k1:x' });
  });

  test('that are given are neither read nor made', async () => {
    const given = { JWT_PRIVATE_KEY: 'pem', INTERNAL_KEY: 'internal', ENCRYPTION_KEYS: 'k1:x' };
    const keys = await openKeys(folder, given);
    expect(keys).toMatchObject({ variables: given, jwtPrivateKey: 'pem', internalKey: 'internal', encryptionKeys: 'k1:x' });
    expect(await readdir(folder)).toEqual(['installation.key']);
    expect((await openKeys(folder)).installationKey).toEqual(keys.installationKey);
  });

  test('that can not be read stop the start', async () => {
    await openKeys(folder);
    await rm(join(folder, 'internal.key'));
    await expect(openKeys(join(folder, 'jwt.pem'))).rejects.toThrow();
    await expect(openKeys(folder)).resolves.toBeDefined();
  });
});
