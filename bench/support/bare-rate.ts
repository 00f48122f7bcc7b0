import { type LoadOptions, medianOfThree } from './load.ts';
import type { Program } from './processes.ts';

/** How many answers a second a bare program gives, which runs for nothing but this. */
export async function bareRate(start: () => Promise<Program>, path: string, options: Omit<LoadOptions, 'url'>): Promise<number> {
  const limit = await start();
  const { perSecond } = await medianOfThree({ url: limit.url + path, ...options });
  await limit.stop();
  return perSecond;
}

/** A rate held against a bare program's. */
export const against = (perSecond: number, bare: number): { limit: string; ratio: number } => ({
  limit: `${bare.toFixed(0)}/s`,
  ratio: perSecond / bare,
});
