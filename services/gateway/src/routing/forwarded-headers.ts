import type { IncomingHttpHeaders } from 'node:http';

/** Headers that say who is calling or where from. Only the gateway may say so: what a client sends under these names is dropped. */
const spoofable =
  /^(x-forwarded-.*|forwarded|x-real-ip|x-client-.*|x-user-.*|x-internal-.*|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override|true-client-ip|cf-connecting-ip|via)$/;
/** Meant for this hop only (RFC 9110 section 7.6.1; Node has answered an expectation by itself). `Connection` goes too, so that nobody gets a header dropped further on by naming it there. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'upgrade', 'expect']);
const ofUpgrade = new Set(['connection', 'upgrade']);

export interface Introduction {
  readonly requestId: string;
  readonly address: string;
}

/** Rewrites, in place, a client's headers into what a service is told: the client's own words, and who it is by the gateway's. */
export function introduce(headers: IncomingHttpHeaders, { requestId, address }: Introduction, upgrade = false): void {
  for (const name of Object.keys(headers)) {
    const dropped = (hopByHop.has(name) && !(upgrade && ofUpgrade.has(name))) || spoofable.test(name);
    if (dropped) delete headers[name];
  }
  headers['x-request-id'] = requestId;
  headers['x-client-address'] = address;
}
