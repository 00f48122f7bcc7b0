import type { IncomingHttpHeaders } from 'node:http';

/** Headers that say who is calling or where from. Only the gateway may say so: what a client sends under these names is dropped. */
const spoofable =
  /^(x-forwarded-.*|forwarded|x-real-ip|x-client-.*|x-user-.*|x-internal-.*|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override|true-client-ip|cf-connecting-ip|via)$/;
/** Meant for this hop only (RFC 9110 section 7.6.1; Node has answered an expectation by itself). `Connection` goes too, so that nobody gets a header dropped further on by naming it there. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'upgrade', 'expect']);
const ofUpgrade = new Set(['connection', 'upgrade']);
/** Said anew here, whatever the client said. */
const ownWords = new Set(['x-request-id', 'x-client-address']);

export interface Introduction {
  readonly requestId: string;
  readonly address: string;
}

const isDropped = (name: string): boolean => hopByHop.has(name) || ownWords.has(name) || spoofable.test(name);

/** Rewrites, in place, a client's headers into what a service is told: the client's own words, and who it is by the gateway's. */
export function introduce(headers: IncomingHttpHeaders, { requestId, address }: Introduction): void {
  for (const name in headers) if (isDropped(name)) delete headers[name];
  headers['x-request-id'] = requestId;
  headers['x-client-address'] = address;
}

/** The same for an upgrade: that one asks for it further on. */
export function introduceUpgrade(headers: IncomingHttpHeaders, introduction: Introduction): void {
  const asked = Object.entries(headers).filter(([name]) => ofUpgrade.has(name));
  introduce(headers, introduction);
  for (const [name, value] of asked) headers[name] = value;
}

/** Takes out of a service's answer, in place, what the door has said already, and ends the connection as its own client asked.
 *  @param own names and values in turn */
export function keepOwnHeaders(answer: IncomingHttpHeaders, own: readonly string[], closing: boolean): void {
  for (let at = 0; at < own.length; at += 2) delete answer[own[at]!.toLowerCase()];
  delete answer['keep-alive'];
  answer.connection = closing ? 'close' : 'keep-alive';
}
