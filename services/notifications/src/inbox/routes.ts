import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import { listItems, type ListItemsDeps } from './list-items.ts';
import { markAllRead, markItemRead } from './mark-items.ts';
import { itemExample, ItemId, Items, ListItemsQuery } from './schemas.ts';

const read = { scope: 'notifications:read' } as const;
const write = { scope: 'notifications:write' } as const;
const tag = 'Notifications';

interface InboxDeps extends ListItemsDeps {
  readonly clock: Clock;
}

/** The inbox. Parse, one use case, render. */
export const inboxRoutes = (deps: InboxDeps): Endpoint[] => [list(deps), readOne(deps), readAll(deps)];

const list = (deps: InboxDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/notifications',
    operationId: 'listNotifications',
    tag,
    summary: 'List the inbox, newest first',
    admission: read,
    query: ListItemsQuery,
    queryExample: { unread: 'true', limit: '20' },
    answers: { 200: { description: 'A page of the inbox', schema: Items, example: { items: [itemExample], nextCursor: null } } },
    handle: async ({ caller, query }) => ({ status: 200, body: await listItems(deps, caller.userId, query) }),
  });

const readOne = (deps: InboxDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/notifications/:id/read',
    operationId: 'readNotification',
    tag,
    summary: 'Mark one item as read',
    description: 'Once read, an item keeps the instant at which it was read first.',
    admission: write,
    params: ItemId,
    answers: { 204: { description: 'It is read' } },
    refusals: ['not-found'],
    async handle({ caller, params }) {
      await markItemRead(deps, caller.userId, params.id, instantOf(deps.clock));
      return { status: 204 };
    },
  });

const readAll = (deps: InboxDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/notifications/read-all',
    operationId: 'readAllNotifications',
    tag,
    summary: 'Mark everything in the inbox as read',
    admission: write,
    answers: { 204: { description: 'Everything that was there is read' } },
    async handle({ caller }) {
      await markAllRead(deps, caller.userId, instantOf(deps.clock));
      return { status: 204 };
    },
  });
