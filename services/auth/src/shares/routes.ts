import { ShareView } from '@commonpurse/shared/contracts';
import { type Answer, type Endpoint, endpoint, pageOf, replayHeaders, targetOf } from '@commonpurse/shared/http';
import { clientOf } from '../client.ts';
import { changeShare, endShare } from './change-share.ts';
import { createShare } from './create-share.ts';
import { listShares, ownerNames } from './list-shares.ts';
import * as schemas from './schemas.ts';
import type { Share } from './share.ts';
import { shareView } from './share-view.ts';
import type { SharesDeps } from './shares-deps.ts';

const tag = 'Sharing';
const path = '/users/share-permission';
const page = pageOf(ShareView);
const pageExample = { items: [schemas.shareExample], nextCursor: null };

/** Letting others see and change what is one's own. */
export const shareRoutes = (deps: SharesDeps): Endpoint[] => [
  createRoute(deps),
  changeRoute(deps),
  endRoute(deps),
  listRoute(deps, 'shared-with-me'),
  listRoute(deps, 'shared-by-me'),
];

const createRoute = (deps: SharesDeps): Endpoint =>
  endpoint({
    method: 'post',
    path,
    operationId: 'createShare',
    tag,
    summary: 'Let somebody see or change some of what is mine',
    description:
      'It holds for the next request. An address that has no account yet is invited: the share waits until somebody has shown that the address is ' +
      'theirs. Whether it has an account, neither the answer nor its time tells. Several shares add up, and the widest access counts. At most 200 hold at a ' +
      'time; what you name for one person may have 64 KiB of JSON, and of what others share with somebody the oldest 512 KiB hold.',
    admission: 'session',
    body: schemas.NewShareRequest,
    bodyExample: schemas.newShareExample,
    idempotent: true,
    answers: { 201: { description: 'The share', schema: ShareView, example: schemas.shareExample } },
    refusals: ['not-found', 'conflict', 'idempotency-key-reused'],
    handle: async (request) => {
      const { caller, body, requestId, idempotencyKey } = request;
      const { share, replayed } = await createShare(deps, { caller, body, requestId, idempotencyKey });
      deps.audit.info('authz_change', { ...factsOf(request), reason: 'granted', share: share._id });
      const answer = answerOf(share, share.ownerNameFirst ?? (await ownerNameNow(deps, share)));
      return { ...answer, status: 201, headers: { Location: `${path}/${share._id}`, ...replayHeaders(replayed) } };
    },
  });

const changeRoute = (deps: SharesDeps): Endpoint =>
  endpoint({
    method: 'put',
    path: `${path}/:id`,
    operationId: 'replaceShare',
    tag,
    summary: 'Change what a share of mine allows',
    description: 'It holds for the next request, also where it allows less than before.',
    admission: 'session',
    params: schemas.ShareParams,
    body: schemas.ShareRequest,
    bodyExample: { ...schemas.shareRequestExample, access: 'edit' },
    conditional: true,
    answers: {
      200: {
        description: 'The share as it is now',
        schema: ShareView,
        example: { ...schemas.shareExample, access: 'edit', version: 2 },
      },
    },
    refusals: ['not-found', 'forbidden', 'version-mismatch', 'conflict'],
    handle: async (request) => {
      const share = await changeShare(deps, targetOf(request), request.body);
      deps.audit.info('authz_change', { ...factsOf(request), reason: 'changed', share: share._id });
      return answerOf(share, await ownerNameNow(deps, share));
    },
  });

const endRoute = (deps: SharesDeps): Endpoint =>
  endpoint({
    method: 'delete',
    path: `${path}/:id`,
    operationId: 'endShare',
    tag,
    summary: 'Take back a share of mine, or leave one that I was given',
    description: 'Nothing of it works any more, from the next request on.',
    admission: 'session',
    params: schemas.ShareParams,
    conditional: true,
    answers: { 204: { description: 'It is over' } },
    refusals: ['not-found', 'version-mismatch'],
    handle: async (request) => {
      const share = await endShare(deps, targetOf(request));
      const reason = share.ownerId === request.caller.userId ? 'revoked' : 'left';
      deps.audit.info('authz_change', { ...factsOf(request), reason, share: share._id });
      return { status: 204 };
    },
  });

const sides = { 'shared-with-me': 'granteeId', 'shared-by-me': 'ownerId' } as const;
const summaries = { 'shared-with-me': 'What others share with me, newest first', 'shared-by-me': 'What I share with others, newest first' };

const listRoute = (deps: SharesDeps, which: keyof typeof sides): Endpoint =>
  endpoint({
    method: 'get',
    path: `/users/${which}`,
    operationId: which === 'shared-with-me' ? 'listReceivedShares' : 'listGivenShares',
    tag,
    summary: summaries[which],
    description: 'Shares that have expired, were taken back or left are in neither list.',
    admission: { scope: 'shares:read' },
    query: schemas.SharesQuery,
    answers: { 200: { description: 'A page of shares', schema: page, example: pageExample } },
    handle: async ({ caller, query }) => ({ status: 200, body: await listShares(deps, caller, sides[which], query) }),
  });

const factsOf = (request: Parameters<typeof clientOf>[0] & { readonly caller: { readonly userId: string } }) => {
  const { requestId, ip } = clientOf(request);
  return { userId: request.caller.userId, requestId, ip };
};

const answerOf = (share: Share, ownerName: string): Answer => ({
  status: 200,
  body: shareView(share, ownerName),
  version: share.shareVersion,
});

const ownerNameNow = async (deps: SharesDeps, share: Share): Promise<string> => (await ownerNames(deps, [share]))(share.ownerId);
