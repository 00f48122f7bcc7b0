import type { IncomingMessage } from 'node:http';
import { requestIdOf } from '@commonpurse/shared/http';
import { clientAddress, type TrustedProxies } from '../limits/client-address.ts';

/** What is known of a request before it is admitted. */
export interface Visitor {
  readonly requestId: string;
  readonly address: string;
  /** As sent, without the query. */
  readonly path: string;
  /** What its answer carries, whoever gives it: names and values in turn. */
  readonly headers: string[];
}

export const visitorOf = (req: IncomingMessage, trusted: TrustedProxies): Visitor => ({
  requestId: requestIdOf(req.headers['x-request-id']),
  address: clientAddress(req.socket.remoteAddress ?? '', String(req.headers['x-forwarded-for'] ?? ''), trusted),
  path: pathOf(req.url ?? '/'),
  headers: [],
});

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/** More that its answer carries, whoever gives it. */
export function addHeaders({ headers }: Visitor, more: Readonly<Record<string, string>>): void {
  for (const name in more) headers.push(name, more[name]!);
}
