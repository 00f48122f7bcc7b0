import { type Endpoint, endpoint, notFound, type OpenApi } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { Readiness } from './health/readiness.ts';
import { pagePolicy } from './pages/page.ts';
import { problemPage } from './pages/problem-page.ts';

interface GatewayViews {
  readiness(): Promise<Readiness>;
  openApi(): Promise<OpenApi>;
}

const Live = z.strictObject({ status: z.literal('live') }).meta({ id: 'Liveness' });
const Part = z.strictObject({ ready: z.boolean(), parts: z.record(z.string(), z.string()) });
/** Of several instances each is named. */
const ServicePart = Part.extend({ instances: z.record(z.string(), Part).optional() });
const Ready = z
  .strictObject({ status: z.enum(['ready', 'not-ready']), services: z.record(z.string(), ServicePart) })
  .meta({ id: 'Readiness' });
const allReady = {
  status: 'ready',
  services: { auth: { ready: true, parts: { store: 'ok', bus: 'ok', cache: 'ok' } } },
};
const oneAway = { status: 'not-ready', services: { auth: { ready: false, parts: { service: 'does not answer' } } } };

/** What the gateway answers by itself. */
export function gatewayEndpoints(views: GatewayViews): Endpoint[] {
  return [live, ready(views), openApi(views), problem];
}

const live = endpoint({
  method: 'get',
  path: '/health/live',
  operationId: 'isLive',
  tag: 'Operation',
  summary: 'The gateway runs',
  admission: 'open',
  answers: { 200: { description: 'It runs', schema: Live, example: { status: 'live' } } },
  handle: async () => ({ status: 200, body: { status: 'live' } }),
});

const ready = (views: GatewayViews): Endpoint =>
  endpoint({
    method: 'get',
    path: '/health/ready',
    operationId: 'isReady',
    tag: 'Operation',
    summary: 'Every service and what it stands on, by name',
    admission: 'open',
    answers: {
      200: { description: 'All of it works', schema: Ready, example: allReady },
      503: { description: 'Some of it does not; the others go on', schema: Ready, example: oneAway },
    },
    handle: async () => {
      const readiness = await views.readiness();
      if (readiness.status === 'ready') return { status: 200, body: readiness };
      return { status: 503, body: readiness, headers: { 'Retry-After': '1' } };
    },
  });

const openApi = (views: GatewayViews): Endpoint =>
  endpoint({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    tag: 'Operation',
    summary: 'This document',
    admission: 'open',
    answers: {
      200: {
        description: 'OpenAPI 3.1, all services merged',
        schema: z.looseObject({ openapi: z.string() }),
        example: { openapi: '3.1.0' },
      },
    },
    handle: async () => ({ status: 200, body: await views.openApi() }),
  });

const problem = endpoint({
  method: 'get',
  path: '/problems/:code',
  operationId: 'explainProblem',
  tag: 'Operation',
  summary: 'What a problem means and what to do about it',
  admission: 'open',
  params: z.strictObject({ code: z.string().max(100).meta({ example: 'version-mismatch' }) }),
  versioned: false,
  answers: { 200: { description: 'A page for people', contentType: 'text/html', schema: z.string(), example: '<!doctype html>...' } },
  refusals: ['not-found'],
  handle: async ({ params }) => {
    const page = problemPage(params.code);
    if (page === null) throw notFound();
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': pagePolicy };
    return { status: 200, headers, stream: async (res) => void res.end(page) };
  },
});
