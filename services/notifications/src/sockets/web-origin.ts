/** Which pages may open a socket. Programs that are no browser send no `Origin` and are not meant by it. */
export interface OriginRule {
  /** Exact origins. */
  readonly allowed: readonly string[];
  /** The gateway's own address as browsers see it; null where nobody has said it. */
  readonly publicUrl: string | null;
}

/** Names and addresses that browsers never take from a name server. */
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Pages of the gateway itself may, beside those that the operator names: those of its public address; where none is configured, those of the
 *  very loopback host and port that the request was addressed to. Another name that somebody made resolve to loopback (DNS rebinding) is
 *  not one of them, nor is another program's port on the same machine.
 *  @param host the `Host` header */
export function originAllowed(rule: OriginRule, origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || rule.allowed.includes(origin)) return true;
  if (rule.publicUrl !== null) return origin === new URL(rule.publicUrl).origin;
  const page = URL.parse(origin);
  return page !== null && page.origin === origin && loopback.has(page.hostname) && page.host === host;
}
