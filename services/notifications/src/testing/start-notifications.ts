import { randomUUID } from 'node:crypto';
import {
  BudgetThresholdCrossed,
  ImportProgressed,
  type ImportView,
  RecordChanged,
  type RecordState,
  type RecordWas,
  recordView,
} from '@commonpurse/shared/contracts';
import { type DomainEvent, eventOf } from '@commonpurse/shared/messaging';
import type { Mail } from '@commonpurse/shared/mail';
import { loadConfig } from '@commonpurse/shared/service';
import { accessTo, type Person, viewerOf } from '@commonpurse/shared/access';
import {
  type FakeAuth,
  shareable,
  startTestService,
  type TestService,
  type TestServiceOptions,
  type TestUser,
} from '@commonpurse/shared/testing';
import { NotificationsConfig } from '../config.ts';
import { createNotificationsService } from '../service.ts';
import { type NotificationsStore, openNotificationsStore } from '../store.ts';
import { readLastSeq } from '../feed/read-entries.ts';
import type { SocketLimits } from '../sockets/limit.ts';
import { openSocket, type SocketOptions, type TestSocket } from './socket-client.ts';

export interface TestNotifications extends TestService {
  readonly mails: Mail[];
  /** Records as the records service has them now, by id. */
  readonly records: Map<string, RecordState>;
  /** What lies in the service's store. */
  store(): Promise<NotificationsStore>;
  /** The last number in a user's feed. */
  headOf(user: TestUser): Promise<number>;
  /** A user's socket, opened with their token unless told otherwise. */
  connect(user: TestUser | null, options?: SocketOptions): Promise<TestSocket>;
  /** A ticket as auth would leave it in the cache. */
  ticketFor(user: TestUser): Promise<string>;
  /** Creates a record, or changes one, and publishes what records would. */
  changeRecord(owner: TestUser, change?: RecordChange): Promise<DomainEvent>;
  /** Has a budget's threshold crossed. */
  crossThreshold(owner: TestUser, facts?: Partial<BudgetThresholdCrossed>): Promise<DomainEvent>;
}
interface RecordChange {
  readonly action?: RecordChanged['action'];
  readonly record?: Partial<RecordState>;
  /** Who did it; default: somebody without a name. */
  readonly by?: TestUser;
}
export interface NotificationsOptions extends TestServiceOptions {
  readonly env?: Record<string, string>;
  readonly limits?: Partial<SocketLimits>;
  /** Called before records answer what somebody may see. */
  readonly beforeViews?: () => Promise<void>;
  readonly sendMail?: (mail: Mail) => Promise<void>;
}

/** Notifications as it runs, with records played by a map. */
export async function startNotifications(options: NotificationsOptions = {}): Promise<TestNotifications> {
  const mails: Mail[] = [];
  const records = new Map<string, RecordState>();
  const send = options.sendMail ?? (async (mail) => void mails.push(mail));
  const running = await startTestService(
    (deps) =>
      createNotificationsService({
        ...deps,
        config: loadConfig(NotificationsConfig, options.env ?? {}),
        mailer: { send },
        ...(options.limits ? { limits: options.limits } : {}),
      }),
    {
      ...options,
      deps: (given) => {
        const deps = { ...given, documents: shareable(given.documents) };
        return options.deps ? options.deps(deps) : deps;
      },
      peers: {
        records: async ({ path, body }) => {
          if (!path.endsWith('/views')) return { events: [], next: null, now: at };
          await options.beforeViews?.();
          return viewsOf(records, running.auth, body as ViewsRequest);
        },
      },
    },
  );
  const store = (): Promise<NotificationsStore> => openNotificationsStore(running.deps.documents);
  const own = {
    mails,
    records,
    store,
    headOf: async (user: TestUser) => readLastSeq((await store()).feed, user.id),
    connect: (user: TestUser | null, socket: SocketOptions = {}) =>
      openSocket(running.url, { ...(user && socket.ticket === undefined ? { token: user.token } : {}), ...socket }),
    ticketFor: async ({ id, sessionId }: TestUser) => {
      const ticket = randomUUID();
      await running.cache.set(`ticket:${ticket}`, JSON.stringify({ userId: id, sessionId }), 30_000);
      return ticket;
    },
    changeRecord: async (owner: TestUser, change: RecordChange = {}) => {
      const event = recordChanged(owner.id, records, change);
      await running.publish(event);
      return event;
    },
    crossThreshold: async (owner: TestUser, facts: Partial<BudgetThresholdCrossed> = {}) => {
      const event = thresholdCrossed(owner.id, facts);
      await running.publish(event);
      return event;
    },
  };
  // The harness answers some properties freshly each time: they are kept as they are.
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(running)) as TestNotifications;
}

interface ViewsRequest {
  readonly viewerId: string;
  readonly ids: readonly string[];
}
function viewsOf(records: Map<string, RecordState>, auth: FakeAuth, { viewerId, ids }: ViewsRequest): unknown {
  const viewer = viewerOf(auth.answer(`/internal/people/${viewerId}`) as Person, Date.now());
  const seen = (record: RecordState | undefined) =>
    record && !record.deleted && accessTo(viewer, { kind: 'record', ...record }) !== 'none' ? recordView(record) : null;
  return { records: Object.fromEntries(ids.map((id) => [id, seen(records.get(id))])) };
}

const at = '2026-01-15T12:00:00.000Z';
const told = (subject: string, version: number, actor = 'somebody') => ({ subject, version, time: at, correlationid: randomUUID(), actor });

function recordChanged(
  ownerId: string,
  records: Map<string, RecordState>,
  { action = 'created', record = {}, by }: RecordChange,
): DomainEvent {
  const before = records.get(record.id ?? '');
  const version = record.version ?? (before?.version ?? 0) + 1;
  const after: RecordState = { ...someRecord(ownerId), ...before, deleted: action === 'deleted', ...record, version };
  records.set(after.id, after);
  const was = before === undefined ? null : wasOf(before);
  return eventOf(RecordChanged, {
    ...told(after.id, version, by?.id),
    data: { action, record: after, was, became: null, historyHash: null },
  });
}

const wasOf = ({ type, date, currency, category, source, deleted }: RecordState): RecordWas => {
  return { type, date, currency, category, source, deleted };
};

export const someRecord = (ownerId: string): RecordState => ({
  id: randomUUID(),
  version: 1,
  type: 'expense',
  ownerId,
  amountMinor: 1250,
  currency: 'EUR',
  date: '2026-01-15',
  description: 'Bread',
  category: 'Food',
  source: null,
  tags: [],
  customFields: {},
  base: null,
  createdAt: at,
  updatedAt: at,
  createdBy: ownerId,
  deleted: false,
  importId: null,
});

function thresholdCrossed(ownerId: string, facts: Partial<BudgetThresholdCrossed> = {}): DomainEvent {
  const data: BudgetThresholdCrossed = {
    budgetId: randomUUID(),
    ownerId,
    name: 'Groceries',
    thresholdPercent: 80,
    channels: ['in-app'],
    period: { start: '2026-01-01', end: '2026-01-31' },
    spentMinor: 41_250,
    availableMinor: 50_000,
    currency: 'EUR',
    ...facts,
  };
  return eventOf(BudgetThresholdCrossed, { ...told(`${data.budgetId}:${data.period.start}`, 2), data });
}

export function importProgressed(ownerId: string, facts: Partial<ImportView>, finished = false): DomainEvent {
  const job: ImportView = {
    id: randomUUID(),
    status: finished ? 'done' : 'running',
    dryRun: false,
    rows: { total: 10, imported: 4, skipped: 0, duplicate: 0, failed: 0 },
    createdAt: at,
    finishedAt: finished ? at : null,
    failure: null,
    version: 2,
    file: { name: 'statement.csv', bytes: 175 },
    format: null,
    errors: [{ row: 4, path: '/amount', code: 'amount-malformed', message: '"elf" is no amount' }],
    preview: [],
    ...facts,
  };
  return eventOf(ImportProgressed, { ...told(job.id, job.version), data: { ownerId, createdBy: ownerId, finished, import: job } });
}
