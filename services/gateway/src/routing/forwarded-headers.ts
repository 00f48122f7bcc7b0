import type { IncomingHttpHeaders } from 'node:http';
import { notBegunHeader } from '@commonpurse/shared/http';

/** Headers that say who is calling or where from. Only the gateway may say so: what a client sends under these names is dropped. */
const spoofable =
  /^(x-forwarded-.*|forwarded|x-real-ip|x-client-.*|x-user-.*|x-internal-.*|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override|true-client-ip|cf-connecting-ip|via)$/;
/** Meant for this hop only (RFC 9110 section 7.6.1; Node has answered an expectation by itself). `Connection` goes too, so that nobody gets a header dropped further on by naming it there. */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'upgrade', 'expect'];
const ofUpgrade = ['connection', 'upgrade'] as const;
/** Said anew here, whatever the client said. */
const ownWords = ['x-request-id', 'x-client-address'];
const dropped = new Set([...hopByHop, ...ownWords]);

interface Introduction {
  readonly requestId: string;
  readonly address: string;
}

/** What a service is told of a client's headers: the client's own words, and who it is by the gateway's. */
export function introduced(sent: IncomingHttpHeaders, { requestId, address }: Introduction): IncomingHttpHeaders {
  // a new object: from one that has lost some of its fields all others are read slowly
  const headers: IncomingHttpHeaders = { 'x-request-id': requestId, 'x-client-address': address };
  for (const name in sent) if (!dropped.has(name) && !spoofable.test(name)) headers[name] = sent[name];
  return headers;
}

/** The same of an upgrade: that one asks for it further on. */
export function introducedUpgrade(sent: IncomingHttpHeaders, introduction: Introduction): IncomingHttpHeaders {
  const headers = introduced(sent, introduction);
  for (const name of ofUpgrade) if (sent[name] !== undefined) headers[name] = sent[name];
  return headers;
}

/** Names and values in turn, by their names as Node has them. */
export const fieldsOf = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(words.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), words[at + 1]!]] : [])));

/** Headers of a service's answer that concern its connection to the gateway, or that only the gateway is to know. */
const notForClients = new Set(['connection', 'keep-alive', notBegunHeader.toLowerCase()]);

export interface Words {
  /** What the door has said: names and values in turn. */
  readonly own: readonly string[];
  /** The client wants its connection closed afterwards. */
  readonly closing: boolean;
}

/** What a client is told of a service's answer: what the door has said, and of the service's words those that say something else.
 *  @param answer names and values in turn, as the result
 *  @param unframed the client knows no chunks, or there is nothing to be cut into them */
export function handedBack(answer: readonly string[], { own, closing }: Words, unframed: boolean): string[] {
  const headers = [...own, 'Connection', closing ? 'close' : 'keep-alive'];
  for (let at = 0; at < answer.length; at += 2) {
    const name = answer[at]!.toLowerCase();
    if (notForClients.has(name) || (unframed && name === 'transfer-encoding') || isSaid(own, name)) continue;
    headers.push(answer[at]!, answer[at + 1]!);
  }
  return headers;
}

function isSaid(own: readonly string[], name: string): boolean {
  for (let at = 0; at < own.length; at += 2) if (own[at]!.length === name.length && own[at]!.toLowerCase() === name) return true;
  return false;
}
