import { BlockList, isIP, isIPv4 } from 'node:net';

/** The proxies whose `X-Forwarded-For` is believed. */
export interface TrustedProxies {
  contains(address: string): boolean;
}

/** @param ranges addresses or CIDR ranges, IPv4 or IPv6
 *  @throws RangeError for one that is neither */
export function trustedProxies(ranges: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const range of ranges) {
    const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
    const version = isIP(address);
    const widest = version === 4 ? 32 : 128;
    const width = Number(bits ?? widest);
    if (version === 0 || width > widest) throw new RangeError(`not an address or range: ${range}`);
    list.addSubnet(address, width, version === 4 ? 'ipv4' : 'ipv6');
  }
  return { contains: (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6') };
}

/** The client's address: the last hop of `X-Forwarded-For` that is no trusted proxy, as long as only trusted ones speak; otherwise the socket's.
 *  IPv4-mapped IPv6 comes out as IPv4; a port that a proxy has added says nothing. */
export function clientAddress(socketAddress: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  let address = plain(socketAddress);
  if (!forwardedFor) return address;
  const hops = forwardedFor.split(',').map((hop) => plain(withoutPort(hop.trim())));
  while (hops.length > 0 && trusted.contains(address)) {
    const hop = hops.pop()!;
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** Only in brackets can an IPv6 address have one. */
const withoutPort = (hop: string): string => hop.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
