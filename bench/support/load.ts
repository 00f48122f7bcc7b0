import autocannon from 'autocannon';

export interface LoadOptions {
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
  /** In whole milliseconds, as the generator counts them. */
  readonly p99Ms: number;
}

/** One run of the load generator. Throws when anything but a 2xx came back: a figure of refusals says nothing. */
export async function load(options: LoadOptions): Promise<Load> {
  const result = await run(options);
  return { perSecond: result['2xx'] / result.duration, p99Ms: result.latency.p99 };
}

/** As `load`; what 99 of 100 answers took at most, in milliseconds and parts of them: of an idle system it is little more than one. */
export async function loadedP99Ms(options: LoadOptions): Promise<number> {
  const took: number[] = [];
  await run(options, (ms) => void took.push(ms));
  return percentile(took, 0.99);
}

/** The value that so large a part of them lies below. */
export const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

async function run(
  { url, connections, method = 'GET', headers = {}, bodies, seconds = 5 }: LoadOptions,
  answered?: (ms: number) => void,
): Promise<autocannon.Result> {
  const requests = bodies ? { requests: bodies.map((body) => ({ body })) } : {};
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const all = autocannon({ url, connections, method, headers, ...requests, duration: seconds }, (error: unknown, done) =>
      error ? reject(error) : resolve(done),
    );
    if (answered) all.on('response', (_client, _status, _bytes, ms) => answered(ms));
  });
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${result.requests.total} requests to ${url} did not succeed`);
  return result;
}

/** Warms up, then the median of three runs. */
export async function medianOfThree(options: LoadOptions): Promise<Load> {
  await load({ ...options, seconds: 3 });
  const runs = [await load(options), await load(options), await load(options)];
  return runs.toSorted((a, b) => a.perSecond - b.perSecond)[1]!;
}
