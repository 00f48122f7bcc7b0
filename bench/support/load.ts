import autocannon from 'autocannon';

interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  /** Sent in turn. */
  readonly bodies?: readonly string[];
  readonly seconds?: number;
}
export interface Load {
  /** Answers with a 2xx a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One run of the load generator. Throws when anything but a 2xx came back: a figure of refusals says nothing. */
export async function load({ url, connections, method = 'GET', headers = {}, bodies, seconds = 5 }: LoadOptions): Promise<Load> {
  const result = await autocannon({
    url,
    connections,
    method,
    headers,
    ...(bodies ? { requests: bodies.map((body) => ({ body })) } : {}),
    duration: seconds,
  });
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${result.requests.total} requests to ${url} did not succeed`);
  return { perSecond: result['2xx'] / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

/** Warms up, then the median of three runs. */
export async function medianOfThree(options: LoadOptions): Promise<Load> {
  await load({ ...options, seconds: 3 });
  const runs = [await load(options), await load(options), await load(options)];
  return runs.toSorted((a, b) => a.perSecond - b.perSecond)[1]!;
}
