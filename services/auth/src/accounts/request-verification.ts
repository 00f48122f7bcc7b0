import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { AuthDeps } from '../auth-deps.ts';
import type { MailRequest } from '../mails/mail-request.ts';
import type { Client } from '../client.ts';
import { addressId } from './address.ts';
import { verificationAgain } from './registration.ts';

/** Notes that somebody wants another verification mail. One durable write for any address; who it belongs to is looked up afterwards. */
export async function requestVerification(deps: Pick<AuthDeps, 'store' | 'clock' | 'mails'>, email: string, client: Client): Promise<void> {
  const request = await deps.store.mailRequests.insert({
    _id: randomUUIDv7(),
    version: 1,
    kind: 'verify-email',
    address: addressId(email),
    requestId: client.requestId,
    at: new Date(deps.clock.now()).toISOString(),
  });
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
      const change = verificationAgain(user, mailId, mailTokenKey, nowMs);
      return { change, result: change !== null };
    }));
  await store.mailRequests.remove([request._id]);
  return userId !== null && answered && answered.result ? { userId, mailId } : null;
}
