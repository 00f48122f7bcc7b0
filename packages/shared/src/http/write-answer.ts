import type { Request, Response } from 'express';
import type { Answer } from './endpoint.ts';
import { etagOf, noneMatches } from './etag.ts';
import { problemContentType, problemHeaders, problemOf, unexpected } from './problem.ts';
import type { Refusal } from './refusal.ts';

/** Sends what a handler answered; a GET whose `If-None-Match` holds becomes 304. */
export async function writeAnswer(req: Request, res: Response, answer: Answer): Promise<void> {
  res.statusCode = answer.status;
  // Everything here is somebody's own data, and a version says nothing of whose: a browser that keeps it would show it to whoever signs in next and
  // is told that nothing has changed since that version. Who keeps answers by themselves asks with `If-None-Match`.
  res.setHeader('Cache-Control', 'no-store');
  if (answer.headers) for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
  if (answer.version !== undefined) {
    res.setHeader('ETag', etagOf(answer.version));
    const read = req.method === 'GET' || req.method === 'HEAD';
    if (read && answer.status === 200 && noneMatches(req.headers['if-none-match'], answer.version)) {
      res.statusCode = 304;
      res.end();
      return;
    }
  }
  if (answer.stream) return answer.stream(res);
  if (answer.body === undefined) {
    res.end();
    return;
  }
  send(res, 'application/json; charset=utf-8', answer.body);
}

/** Set before the endpoint was asked; everything else belongs to an answer that will not be given. */
const kept = new Set(['x-request-id', 'connection']);

/** Sends a refusal as a problem; null stands for something unexpected, of which nothing is told. */
export function writeRefusal(res: Response, refusal: Refusal | null, requestId: string): void {
  if (res.headersSent) {
    // Half of a stream is out: only a cut connection tells the client that the rest is missing.
    res.destroy();
    return;
  }
  const told = refusal ?? unexpected();
  for (const name of res.getHeaderNames()) if (!kept.has(name)) res.removeHeader(name);
  res.statusCode = told.status;
  res.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(problemHeaders(told))) res.setHeader(name, value);
  send(res, problemContentType, problemOf(told, requestId));
}

function send(res: Response, contentType: string, body: unknown): void {
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  res.setHeader('Content-Type', contentType);
  res.setHeader('Content-Length', bytes);
  // one byte each is ASCII, which Latin-1 spells alike and Node writes out in half the time
  res.end(text, bytes === text.length ? 'latin1' : 'utf8');
}
