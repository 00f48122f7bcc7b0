/** Rejects when there is no answer within so many milliseconds: with `Late`, whose message says so. */
export async function inTime<T>(answer: Promise<T>, msMax: number, Late: new (message: string) => Error = Error): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Late(`no answer within ${msMax} ms`)), msMax);
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
}
