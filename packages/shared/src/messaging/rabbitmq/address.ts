import type { Options } from 'amqplib';

/** Where the broker is, and how it may be named in logs and messages: without the password. */
export interface Address {
  readonly connect: Options.Connect;
  /** Host, port and virtual host. */
  readonly name: string;
  readonly user: string;
  readonly vhost: string;
}

/** @param text `amqp[s]://user:password@host:port/virtual-host`; without a path the virtual host is `/`.
 *  Throws a `RangeError` that says in one line what is wrong, and never the password. */
export function addressOf(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^amqps?:$/.test(url.protocol) || url.hostname === '') {
    throw new RangeError('the URL of RabbitMQ has the form amqp://user:password@host:port/virtual-host');
  }
  const path = url.pathname.replace(/^\//, '');
  const port = Number(url.port) || (url.protocol === 'amqps:' ? 5671 : 5672);
  const [user, password, vhost] = [url.username || 'guest', url.password || 'guest', path || '/'].map(decoded) as [string, string, string];
  return {
    // amqplib decodes the virtual host once more
    connect: {
      protocol: url.protocol.slice(0, -1),
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      username: user,
      password,
      vhost: encodeURIComponent(vhost),
    },
    name: `${url.hostname}:${port}${vhost === '/' ? '' : `, virtual host ${vhost}`}`,
    user,
    vhost,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RangeError('the URL of RabbitMQ has a % that begins no escape: write it as %25');
  }
}
