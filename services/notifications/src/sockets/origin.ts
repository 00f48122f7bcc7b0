/** Which pages may open a socket. Programs that are no browser send no `Origin` and are not meant by it. */
export interface OriginRule {
  /** Exact origins. */
  readonly allowed: readonly string[];
  /** The gateway's own address as browsers see it; null where nobody has said it. */
  readonly publicUrl: string | null;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @param host the `Host` header: on one's own machine, where no public address is configured, the gateway's own pages are those of the
 *  same loopback host and port. A name that somebody made resolve to loopback is not one of them. */
export function originAllowed(rule: OriginRule, origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || rule.allowed.includes(origin)) return true;
  if (rule.publicUrl !== null) return origin === new URL(rule.publicUrl).origin;
  const page = URL.parse(origin);
  return page !== null && page.origin === origin && loopback.has(page.hostname) && page.host === host;
}
