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

/** What a service is told, names and values in turn: the client's own words, and who it is by the gateway's. */
export function introduced(headers: IncomingHttpHeaders, { requestId, address }: Introduction): string[] {
  const told: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || isDropped(name)) continue;
    if (typeof value === 'string') told.push(name, value);
    else for (const each of value) told.push(name, each);
  }
  told.push('x-request-id', requestId, 'x-client-address', address);
  return told;
}

/** The same, in place, for an upgrade: that one asks for it further on. */
export function introduceUpgrade(headers: IncomingHttpHeaders, { requestId, address }: Introduction): void {
  for (const name of Object.keys(headers)) if (isDropped(name) && !ofUpgrade.has(name)) delete headers[name];
  headers['x-request-id'] = requestId;
  headers['x-client-address'] = address;
}

/** Of this hop, or said by the gateway's own server. */
const notHandedOn = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date']);

/** What the client is answered: what the door has said, and of the service's answer whatever the door has not said already.
 *  @param own names and values in turn, as are all here */
export function answered(own: readonly string[], raw: readonly string[]): string[] {
  const told = [...own];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    if (!notHandedOn.has(name) && !isNamed(own, name)) told.push(raw[at]!, raw[at + 1]!);
  }
  return told;
}

function isNamed(headers: readonly string[], name: string): boolean {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.length === name.length && headers[at]!.toLowerCase() === name) return true;
  }
  return false;
}
