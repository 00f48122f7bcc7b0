import { describe, expect, test } from '@jest/globals';
import { type Import, type Source, sourcesBelow } from './architecture/sources.ts';

const all = ['packages', 'services', 'all-in-one', 'distributed', 'ops', 'tests', 'bench'].flatMap(sourcesBelow);
const isTest = (source: Source): boolean => /\.(test|contract)\.ts$/.test(source.path) || source.path.startsWith('tests/');
const shipped = all.filter((source) => !isTest(source) && !source.path.startsWith('bench/') && !source.path.includes('/testing/'));
const byPath = new Map(all.map((source) => [source.path, source]));

const serviceOf = (path: string): string | undefined => /^services\/([^/]+)\//.exec(path)?.[1];
const featureOf = (path: string): string | undefined => /^services\/[^/]+\/src\/([^/]+)\/[^/]+/.exec(path)?.[1];

/** Every broken rule as `file: what`, so that a failure says all at once. */
const broken = (sources: readonly Source[], rule: (source: Source) => readonly string[]): string[] =>
  sources.flatMap((source) => rule(source).map((what) => `${source.path}: ${what}`));

/** What a noun may use: values, not effects. */
const pureNames: Readonly<Record<string, readonly string[] | 'all'>> = {
  '@commonpurse/shared/money': 'all',
  '@commonpurse/shared/calendar': 'all',
  '@commonpurse/shared/contracts': 'all',
  '@commonpurse/shared/access': ['accessTo', 'visibleTo'],
  '@commonpurse/shared/http': ['Refusal', 'invalid', 'issue', 'notBegunHeader'],
  '@commonpurse/shared/mail': ['escapeHtml'],
  'node:crypto': ['createHash', 'createHmac', 'hash', 'timingSafeEqual'],
  'node:net': ['isIP', 'isIPv4', 'isIPv6', 'BlockList'],
  'node:zlib': ['crc32'],
  otplib: ['generateURI', 'verifySync'],
  zod: 'all',
};
function impurities(source: Source, seen = new Set<string>()): string[] {
  if (seen.has(source.path)) return [];
  seen.add(source.path);
  return source.imports.flatMap((each) => (each.typeOnly ? [] : impure(each, seen)));
}
function impure(each: Import, seen: Set<string>): string[] {
  if (each.file !== null) {
    const target = byPath.get(each.file);
    return target ? impurities(target, seen) : [each.from];
  }
  const allowed = pureNames[each.from];
  if (allowed === 'all') return [];
  return each.names.filter((name) => !allowed?.includes(name)).map((name) => `${name} of ${each.from}`);
}

describe('the architecture', () => {
  test('is read whole', () => {
    expect(shipped.length).toBeGreaterThan(100);
    expect(shipped.filter((source) => source.imports.length > 0).length).toBeGreaterThan(80);
  });

  test('keeps files at 250 lines and functions at 40', () => {
    const tooLong = broken(shipped, (source) => [
      ...(source.lines > 250 ? [`${source.lines} lines`] : []),
      ...source.functions.filter((each) => each.lines > 40).map((each) => `a function of ${each.lines} lines at ${each.line}`),
    ]);
    expect(tooLong).toEqual([]);
  });

  test('names files in kebab-case and none after nothing in particular', () => {
    const banned = /(^|[-/.])(utils?|helpers?|common|misc)([-/.]|$)/;
    expect(broken(all, ({ path }) => (/^[a-z0-9./-]+$/.test(path) && !banned.test(path) ? [] : ['name']))).toEqual([]);
  });

  test('lets no service import another', () => {
    const rule = ({ path, imports }: Source): string[] => {
      const own = serviceOf(path);
      const foreign = (each: Import): boolean =>
        /^@commonpurse\/(gateway|auth|records|budgets|notifications|all-in-one|distributed|ops)/.test(each.from) ||
        (each.file !== null && serviceOf(each.file) !== own);
      return own === undefined ? [] : imports.filter(foreign).map((each) => each.from);
    };
    expect(broken(all, rule)).toEqual([]);
  });

  test('lets the shared package import no service, and itself only by relative paths', () => {
    const rule = ({ imports }: Source): string[] =>
      imports.filter((each) => each.from.startsWith('@commonpurse/')).map((each) => each.from);
    expect(
      broken(
        shipped.filter(({ path }) => path.startsWith('packages/shared/')),
        rule,
      ),
    ).toEqual([]);
  });

  test('lets only composition roots know which adapter runs', () => {
    const adapters = /^@commonpurse\/shared\/(documents\/(json|mongodb)|messaging\/(in-process|rabbitmq)|cache\/(memory|redis))$/;
    const outside = shipped.filter(({ path }) => path.startsWith('services/') && !path.endsWith('/src/main.ts'));
    expect(broken(outside, ({ imports }) => imports.filter((each) => adapters.test(each.from)).map((each) => each.from))).toEqual([]);
  });

  test('lets only main.ts read the environment', () => {
    const rule = ({ path, text }: Source): string[] =>
      path.endsWith('/main.ts') || !/\bprocess\s*\.\s*env\b/.test(text) ? [] : ['reads process.env'];
    expect(broken(shipped, rule)).toEqual([]);
  });

  test('lets a feature import only nouns of another', () => {
    const rule = ({ path, imports }: Source): string[] => {
      const feature = featureOf(path);
      const service = serviceOf(path);
      if (feature === undefined) return [];
      return imports
        .filter(
          (each) =>
            each.file !== null &&
            !each.typeOnly &&
            serviceOf(each.file) === service &&
            ![undefined, feature].includes(featureOf(each.file)),
        )
        .flatMap((each) => impurities(byPath.get(each.file!)!).map((what) => `${each.from} is no noun: it uses ${what}`));
    };
    expect(broken(shipped, rule)).toEqual([]);
  });

  test('tells the time only through a clock in services', () => {
    const rule = ({ text }: Source): string[] =>
      /\bDate\.now\(\)|\bnew Date\(\)|\bMath\.random\(\)/.test(text) ? ['reads the clock or draws at random by itself'] : [];
    expect(
      broken(
        shipped.filter(({ path }) => path.startsWith('services/')),
        rule,
      ),
    ).toEqual([]);
  });
});
