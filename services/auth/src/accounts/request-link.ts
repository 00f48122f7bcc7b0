import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { MailRequest } from '../mails/mail-request.ts';
import { accountFingerprint } from '../security/account-fingerprint.ts';
import { addressId } from './address.ts';
import type { TokenPurpose } from './mail-token.ts';
import { linkAskedFor } from './mailed-link.ts';

/** Notes that somebody wants a mail with a link. One durable write for any address; who it belongs to is looked up afterwards. */
export async function requestLink(
  deps: Pick<AuthDeps, 'store' | 'clock' | 'mails' | 'audit'>,
  asked: { readonly purpose: TokenPurpose; readonly email: string },
  client: Client,
): Promise<void> {
  const request = await deps.store.mailRequests.insert({
    _id: randomUUIDv7(),
    version: 1,
    kind: asked.purpose,
    address: addressId(asked.email),
    requestId: client.requestId,
    at: new Date(deps.clock.now()).toISOString(),
  });
  const account = accountFingerprint(request.address);
  deps.audit.info('authn_link_requested', { requestId: client.requestId, ip: client.ip, account, reason: asked.purpose });
  deps.mails.answer(request);
}

/** Answers a request, with a mail where one is due: at most one a minute per address. Answering one twice does no harm. */
export async function answerMailRequest(
  { store, changeUser, mailTokenKey }: Pick<AuthDeps, 'store' | 'changeUser' | 'mailTokenKey'>,
  request: MailRequest,
): Promise<{ userId: string; mailId: string } | null> {
  const userId = (await store.addresses.get(request.address))?.userId ?? null;
  const mailId = randomUUID();
  const answered =
    userId &&
    (await changeUser(userId, { by: userId, requestId: request.requestId }, (user, nowMs) => {
      const change = linkAskedFor(user, { purpose: request.kind, mailId, tokenKey: mailTokenKey, nowMs });
      return { change, result: change !== null };
    }));
  await store.mailRequests.remove([request._id]);
  return userId !== null && answered && answered.result ? { userId, mailId } : null;
}
