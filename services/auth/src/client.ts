import { isIP } from 'node:net';
import { networkOf, type EndpointRequest } from '@commonpurse/shared/http';

/** Where a request comes from. */
export interface Client {
  readonly ip: string;
  /** What the address counts as: itself, or its IPv6 /64. */
  readonly network: string;
  readonly requestId: string;
}

/** The gateway deletes what a client says about itself and sets `X-Client-Address`; a service's own port is open to it and its peers only. */
export function clientOf({ raw, requestId }: Pick<EndpointRequest<unknown, unknown, unknown>, 'raw' | 'requestId'>): Client {
  const told = raw.headers['x-client-address'];
  const ip = typeof told === 'string' && isIP(told) !== 0 ? told : (raw.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  return { ip, network: networkOf(ip), requestId };
}
