import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { instantOf } from '@commonpurse/shared/service';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import { accountFingerprint } from '../security/account-fingerprint.ts';
import { addressId } from './address.ts';
import type { LinkRequest } from './address-request.ts';
import type { TokenPurpose } from './mail-token.ts';
import { linkAskedFor } from './mailed-link.ts';

/** Notes that somebody wants a mail with a link. One durable write for any address; who it belongs to is looked up afterwards. */
export async function requestLink(
  { store, clock, requests, audit }: Pick<AuthDeps, 'store' | 'clock' | 'requests' | 'audit'>,
  asked: { readonly purpose: TokenPurpose; readonly email: string },
  { requestId, ip }: Client,
): Promise<void> {
  const address = addressId(asked.email);
  const at = instantOf(clock);
  const request = await store.addressRequests.insert({ _id: randomUUIDv7(), version: 1, kind: asked.purpose, address, requestId, ip, at });
  audit.info('authn_link_requested', { requestId, ip, account: accountFingerprint(address), reason: asked.purpose });
  requests.take(request);
}

/** Mails the link that was asked for where one is due: at most one a minute per address. */
export async function mailLink(
  { store, changeUser, mailTokenKey, mails }: Pick<AuthDeps, 'store' | 'changeUser' | 'mailTokenKey' | 'mails'>,
  request: LinkRequest,
): Promise<void> {
  const userId = (await store.addresses.get(request.address))?.userId;
  if (userId === undefined) return;
  const mailId = randomUUID();
  const promised = await changeUser(userId, { by: userId, requestId: request.requestId }, (user, nowMs) => {
    const change = linkAskedFor(user, { purpose: request.kind, mailId, tokenKey: mailTokenKey, nowMs });
    return { change, result: change !== null };
  });
  if (promised?.result) mails.send(userId, mailId);
}
