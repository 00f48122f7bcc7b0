import type { Address } from './address.ts';

/** RabbitMQ can't be used, in one line. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
  /** Waiting won't help: somebody has to change something. */
  readonly permanent: boolean;
  constructor(line: string, { permanent }: { readonly permanent: boolean }) {
    super(line);
    this.permanent = permanent;
  }
}

/** Neither refused nor sound: the machine is away, the server is starting, stopping or hangs. */
const networkCodes =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)UNREACH|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EMFILE|ENFILE|ENOBUFS)$/;

/** What a failed attempt to connect means. What comes without a code is told apart by amqplib's words, for it has nothing else to tell it by. */
export function connectFailure(error: unknown, address: Address): BrokerUnavailable {
  const { code, text } = described(error);
  const at = `RabbitMQ at ${address.name}`;
  const waits = (line: string): BrokerUnavailable => new BrokerUnavailable(line, { permanent: false });
  const refuses = (line: string): BrokerUnavailable => new BrokerUnavailable(line, { permanent: true });
  if (networkCodes.test(code)) return waits(`${at} can not be reached: ${text}`);
  if (/TLS|SSL|CERT|SIGNATURE/.test(code)) return refuses(`${at}: no TLS connection (${code}): check amqp or amqps, and the certificate`);
  if (text.includes('ACCESS-REFUSED')) return refuses(`${at} refuses the user ${address.user}: wrong name or password in its URL`);
  if (text.startsWith('Expected ConnectionOpenOk')) {
    return waits(`${at} does not let the user ${address.user} into the virtual host ${address.vhost}: create it, or grant access to it`);
  }
  if (text.startsWith('Handshake terminated by server')) return waits(`${at} does not let us in: ${text}`);
  if (text === 'connect ETIMEDOUT') return waits(`${at} accepts connections and does not answer: it hangs, or that is no AMQP port`);
  if (text.startsWith('Socket closed')) return waits(`${at} hangs up at once: it is starting or stopping, or that is no AMQP port`);
  return refuses(`${at}: what answers there does not speak AMQP 0-9-1 (${text}); check the host and port in its URL`);
}

/** Whether somebody was there who said nothing of AMQP: a broker that starts, stops or hangs, or something else. */
export const saidNothing = (error: unknown): boolean => /^(connect ETIMEDOUT$|read ECONNRESET|Socket closed)/.test(lineOf(error));

/** What a failed operation on a channel means: the broker's own words, without the frame around them. */
export function channelFailure(error: unknown, what: string): BrokerUnavailable {
  if (error instanceof BrokerUnavailable) return error;
  const { code, text } = described(error);
  const said = /with message "(.*)"$/.exec(text)?.[1] ?? text;
  // access refused, declared differently: the same again has the same answer
  const permanent = code === '403' || code === '406';
  return new BrokerUnavailable(`${what}: ${said}`, { permanent });
}

/** What it says, in one line. */
export const lineOf = (error: unknown): string => described(error).text;

function described(error: unknown): { code: string; text: string } {
  // several addresses were tried: the last one says enough
  const last: unknown = hasErrors(error) ? error.errors.at(-1) : error;
  if (typeof last !== 'object' || last === null) return { code: '', text: String(last) };
  const code = 'code' in last ? String(last.code) : '';
  return { code, text: ('message' in last ? String(last.message) : code).split('\n')[0] ?? '' };
}

const hasErrors = (error: unknown): error is { readonly errors: readonly unknown[] } =>
  typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors);
