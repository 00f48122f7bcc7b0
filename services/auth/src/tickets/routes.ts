import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { AuthDeps } from '../auth-deps.ts';
import { clientOf } from '../client.ts';
import { issueTicket, ticketSeconds } from './issue-ticket.ts';

const Ticket = z.strictObject({
  ticket: z.string(),
  expiresIn: z.int().positive().meta({ description: 'Seconds' }),
});

export const ticketRoutes = (deps: AuthDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: '/auth/ws-ticket',
    operationId: 'createTicket',
    tag: 'Auth',
    summary: 'A ticket to open the WebSocket with',
    description: 'Works once: `GET /ws?ticket=...`.',
    admission: 'session',
    answers: {
      200: { description: 'The ticket', schema: Ticket, example: { ticket: 'Zk3vW9tLr4gq2X0Yb1mC8sHn6pAeZiUxOjYtE5XbT0o', expiresIn: 30 } },
    },
    handle: async (request) => ({
      status: 200,
      body: { ticket: await issueTicket(deps, request.caller, clientOf(request)), expiresIn: ticketSeconds },
      headers: { 'Cache-Control': 'no-store' },
    }),
  }),
];
