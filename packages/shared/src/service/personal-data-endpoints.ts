import { once } from 'node:events';
import type { Response } from 'express';
import { z } from 'zod';
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import type { PersonalData, PersonalDocument } from '../personal-data/personal-data.ts';

/** `GET /internal/personal-data/:userId`: what this service keeps of a person, a JSON document a line. A stream that breaks off is cut. */
export function personalDataEndpoints(personal: PersonalData | undefined): Endpoint[] {
  if (!personal) return [];
  return [
    endpoint({
      method: 'get',
      path: '/internal/personal-data/:userId',
      operationId: 'personalData',
      tag: 'internal',
      summary: 'Personal data',
      admission: 'service',
      params: z.strictObject({ userId: z.string().min(1).max(128) }),
      answers: { 200: { description: 'A collection and a document of it a line', schema: z.unknown(), contentType } },
      handle: async ({ params }) => ({
        status: 200,
        headers: { 'Content-Type': contentType },
        stream: (res) => writeLines(res, personal.of(params.userId)),
      }),
    }),
  ];
}

const contentType = 'application/x-ndjson';

/** As fast as it is taken; nothing more is read once nobody listens. */
async function writeLines(res: Response, documents: AsyncIterable<PersonalDocument>): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  for await (const document of documents) {
    if (gone.signal.aborted) return;
    if (!res.write(`${JSON.stringify(document)}\n`)) await once(res, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
  res.end();
}
