import { randomUUID } from 'node:crypto';
import { openPeople, type PeopleMirror } from '@commonpurse/shared/access';
import { UserChanged } from '@commonpurse/shared/contracts';
import { createVerifyBearer, type Jwks } from '@commonpurse/shared/http';
import type { Mailer } from '@commonpurse/shared/mail';
import type { Subscription } from '@commonpurse/shared/messaging';
import { createService, followAuthKeys, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { onThresholdCrossed } from './alerts/on-threshold-crossed.ts';
import type { NotificationsConfig } from './config.ts';
import { createMailDeliveries } from './deliveries/deliver-mails.ts';
import { createFeedWriter } from './feed/append-entries.ts';
import { onImportProgressed } from './feed/on-import-progressed.ts';
import { onRecordChanged } from './feed/on-record-changed.ts';
import { createFeedPruning } from './feed/prune-feed.ts';
import { createFeedReader } from './feed/read-entries.ts';
import { createFindEditor } from './find-editor.ts';
import { inboxRoutes } from './inbox/routes.ts';
import { settleItems } from './inbox/settle-items.ts';
import { createPresence } from './presence/share-presence.ts';
import { notificationsPersonalData } from './personal-data.ts';
import { onBudgetChanged } from './sharing/on-budget-changed.ts';
import { onShareChanged } from './sharing/on-share-changed.ts';
import { answerUpgrades } from './sockets/answer-upgrades.ts';
import { createSocketHost } from './sockets/host-sockets.ts';
import { type SocketLimits, socketLimits } from './sockets/limit.ts';
import { createRender } from './sockets/render-entries.ts';
import { socketRoutes } from './sockets/routes.ts';
import { createSocketsJob } from './sockets/run-sockets.ts';
import { createHints } from './sockets/share-hints.ts';
import { createSessionWatch, type SessionWatch } from './sockets/watch-sessions.ts';
import { type NotificationsStore, openNotificationsStore } from './store.ts';

export type NotificationsDeps = ServiceDeps & {
  readonly config: NotificationsConfig;
  readonly mailer: Mailer;
  /** Smaller ones for tests. */
  readonly limits?: Partial<SocketLimits>;
};

/** The notifications service: one feed per user, its inbox, its sockets, its mails. */
export async function createNotificationsService(given: NotificationsDeps): Promise<Service> {
  const deps = { ...given, log: given.log.child({ service: 'notifications' }) };
  const { clock, log, installationKey } = deps;
  const store = await openNotificationsStore(deps.documents);
  const { people, documents: persons } = await openPeople(deps);
  const jwks = followAuthKeys(deps);
  const { host, hints, watch, jobs, ...sockets } = openSockets(deps, { store, people, jwks });
  const feed = createFeedWriter({
    pages: store.feed,
    clock,
    settle: settleItems(store.inbox),
    announce: (userId, entries) => {
      host.learn(userId, entries);
      hints.grown(userId, entries.at(-1)!.seq);
    },
  });
  const findEditor = createFindEditor(people);
  const deliveries = createMailDeliveries({ ...store, mailer: deps.mailer, recipientOf: recipients(people), clock, log });
  return createService({
    name: 'notifications',
    deps: given,
    people,
    jwks,
    personal: notificationsPersonalData(store, persons),
    ...sockets,
    endpoints: [...inboxRoutes({ ...store, installationKey, clock }), ...socketRoutes],
    subscriptions: [
      onUserChanged(people, watch),
      onRecordChanged({ feed, people, findEditor, clock }),
      onImportProgressed({ feed, people, findEditor, clock, tell: hints.tell }),
      onShareChanged(feed),
      onBudgetChanged({ feed, findEditor }),
      onThresholdCrossed({ feed, deliveries }),
    ],
    jobs: [...jobs, deliveries, createFeedPruning({ pages: store.feed, clock, log })],
  });
}

interface Identity {
  readonly store: NotificationsStore;
  readonly people: PeopleMirror;
  readonly jwks: Jwks;
}
/** Everything that has to do with open sockets. */
function openSockets(deps: NotificationsDeps, { store, people, jwks }: Identity) {
  const { cache, clock, peers, log, config } = deps;
  const limits = { ...socketLimits, ...deps.limits };
  const host = createSocketHost({
    reader: createFeedReader(store.feed),
    render: createRender({ peers, ...store }),
    clock,
    log,
    limits,
    opened: (userId, pass) => presence.opened(userId, pass),
    gone: (userId) => presence.gone(userId),
  });
  const presence = createPresence({ cache, host, people, clock, log, instance: randomUUID() });
  const hints = createHints({ cache, host, clock, log });
  const watch = createSessionWatch({ host, peopleNow: people.current, noticed: presence.noticed.bind(presence), clock, log });
  const job = createSocketsJob({ host, hints, watch, clock, log, limits });
  const upgrade = answerUpgrades({
    enabled: config.REAL_TIME_NOTIFICATIONS,
    origins: { allowed: config.ALLOWED_ORIGINS, publicUrl: config.PUBLIC_URL ?? null },
    verify: createVerifyBearer({ jwks, clock }),
    people,
    cache,
    clock,
    host,
    limits,
    log,
    serving: () => job.serving,
  });
  return { host, hints, watch, jobs: [job, presence], upgrade, sayGoodbye: () => job.sayGoodbye() };
}

/** Ends the sockets of sessions that are over. The mirror is asked, which has heard of it by then: the event may be an old one. */
const onUserChanged = (people: PeopleMirror, watch: SessionWatch): Subscription => ({
  event: UserChanged,
  from: 'beginning',
  async handle(event) {
    const person = await people.find(event.subject);
    if (person !== null) watch.changed(person);
  },
});

const recipients =
  (people: PeopleMirror) =>
  async (userId: string): Promise<{ email: string; displayName: string } | null> => {
    const person = await people.find(userId);
    return person?.status === 'active' ? person : null;
  };
