import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importPKCS8,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
} from 'jose';
import { type SignedIn, signingPem, startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let ada: SignedIn;
let keys: JSONWebKeySet;
beforeAll(async () => {
  auth = await startAuth();
  ada = await auth.person('ada@example.com');
  keys = (await auth.request('GET', '/.well-known/jwks.json')).body;
});
afterAll(() => auth.stop());

const status = async (token: string): Promise<number> => (await auth.as({ token }).get('/users/profile')).status;
const claims = () => ({ sub: ada.id, sid: ada.refreshToken.split('.')[0]!, role: 'user' });
const forged = (
  header: { alg: string; kid?: string; typ?: string; [name: string]: unknown },
  changes: Record<string, unknown> = {},
): SignJWT => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims(), iss: 'commonpurse', aud: 'commonpurse', iat: now, exp: now + 900, ...changes }).setProtectedHeader(
    header,
  );
};

describe('an access token', () => {
  test('is what another implementation of the standards takes it for', async () => {
    const { payload, protectedHeader } = await jwtVerify(ada.token, createLocalJWKSet(keys), {
      issuer: 'commonpurse',
      audience: 'commonpurse',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject(claims());
    expect(payload.exp! - payload.iat!).toBe(900);
    expect(Object.keys(payload).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'role', 'sid', 'sub']);
    expect(protectedHeader.kid).toBe(await calculateJwkThumbprint(keys.keys[0]!));
  });

  test('may be cached for a while by who verifies it', async () => {
    expect((await auth.request('GET', '/.well-known/jwks.json')).headers['cache-control']).toBe('public, max-age=300');
  });

  test('is worth nothing when it was forged', async () => {
    const own = await importPKCS8(signingPem, 'ES256');
    const kid = keys.keys[0]!.kid!;
    const typ = 'at+jwt';
    const stranger = await generateKeyPair('ES256');
    const header = { alg: 'ES256', kid, typ };
    const publicKey = new TextEncoder().encode(JSON.stringify(keys.keys[0]));
    const past = Math.floor(Date.now() / 1000) - 1000;
    const tokens: Record<string, string> = {
      'another key': await forged(header).sign(stranger.privateKey),
      'another key under its own id': await forged({ ...header, kid: 'stranger' }).sign(stranger.privateKey),
      'another key that it brings along': await forged({ ...header, jwk: await exportJWK(stranger.publicKey) }).sign(stranger.privateKey),
      'the public key as a secret': await forged({ alg: 'HS256', kid, typ }).sign(publicKey),
      'another type': await forged({ ...header, typ: 'JWT' }).sign(own),
      'another audience': await forged(header, { aud: 'other' }).sign(own),
      'another issuer': await forged(header, { iss: 'other' }).sign(own),
      'no end': await forged(header, { exp: undefined }).sign(own),
      'an end in the past': await forged(header, { iat: past - 900, exp: past }).sign(own),
      'a session that is not there': await forged(header, { sid: 'x' }).sign(own),
      'a person who is not there': await forged(header, { sub: 'x' }).sign(own),
      'no signature': `${Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url')}.${ada.token.split('.')[1]}.`,
      'a refresh token': ada.refreshToken,
    };
    expect(await status(await forged(header).sign(own))).toBe(200);
    for (const [what, token] of Object.entries(tokens)) expect([what, await status(token)]).toEqual([what, 401]);
  });

  test('names a role that nobody believes: it is as auth knows it now', async () => {
    const token = await forged({ alg: 'ES256', kid: keys.keys[0]!.kid!, typ: 'at+jwt' }, { role: 'admin' }).sign(
      await importPKCS8(signingPem, 'ES256'),
    );
    expect((await auth.as({ token }).get('/users/profile')).body.role).toBe('user');
  });
});
