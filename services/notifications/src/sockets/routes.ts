import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import { upgradeRequired } from './admit-upgrade.ts';

const description = `A WebSocket, subprotocol \`commonpurse.v1\` (none offered: accepted). It opens with a ticket of \`POST /auth/ws-ticket\` in the
query (browsers) or with an access token in the \`Authorization\` header; API keys don't open sockets. A socket that was opened with a ticket
lives as long as its session, one that was opened with an access token as long as the token.

Frames are JSON \`{ type, seq?, at, data }\`. Those with \`seq\` are numbered per user without gaps: \`record.created\`, \`record.updated\`,
\`record.deleted\` (one's own records and those that others share), \`budget.alert\`, \`share.granted\`, \`share.revoked\`, \`notification\`,
\`import.finished\`. Without: \`hello\`, \`import.progress\`, \`budget.progress\`, \`presence\`, \`session.revoked\`, \`pong\`, \`resync\`, \`error\`. With
\`since\`, everything behind that number follows right after \`hello\`; \`{ "type": "resume", "since": 41 }\` asks for the same later. \`resync\` says
that what was asked for is kept no more (frames are kept for 7 days and at least the newest 10,000): read the lists again. Of a record changed
more than once, frames may come in any order: the higher \`version\` counts.

What somebody else shares is judged when its frame is sent: a record that is seen no more is \`record.deleted\`, under the number it had. A change by
which a record comes into what is shared is \`record.created\`, one by which it leaves \`record.deleted\`. A share that is changed is \`share.granted\`
again; one that is taken back or left is \`share.revoked\`, and nothing else about what it showed. \`presence\`
(\`{ userId, status: "online" | "offline" }\`) tells of people who share something with the user, or with whom the user shares.

Close codes: 1001 going away, 1009 a message above 64 KiB, 1013 sessions can't be checked right now, 4400 ten frames
that were not understood, 4401 the session or token is over, 4408 too slow: connect again and resume. At most 20 sockets per user are open at
once; one more is refused with 429.`;

/** Describes the WebSocket, and answers who comes without one. */
export const socketRoutes: readonly Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/ws',
    operationId: 'openWebSocket',
    tag: 'Notifications',
    summary: 'Open the live feed',
    description,
    admission: 'open',
    query: z.strictObject({
      ticket: z.string().optional().meta({ description: 'From `POST /auth/ws-ticket`; good once, for 30 s' }),
      since: z.string().optional().meta({ description: 'The last `seq` that was seen', example: '41' }),
    }),
    answers: { 101: { description: 'The connection is a WebSocket now' } },
    refusals: ['unauthenticated', 'insufficient-scope', 'origin-not-allowed', 'feature-disabled', 'upgrade-required', 'rate-limited'],
    handle: async () => {
      throw upgradeRequired();
    },
  }),
];
