import { z } from 'zod';

/** The environment is not usable: one line per problem, each naming its variable and never its value. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Parses the variables that the schema names out of an environment; an empty one counts as absent. Throws `ConfigInvalid`. */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Readonly<Record<string, string | undefined>>): z.output<S> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) if (env[name]) given[name] = env[name];
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? 'environment');
    return `${name}: ${name in given || issue.path.length === 0 ? issue.message : 'is required'}`;
  });
  throw new ConfigInvalid([...new Set(problems)]);
}

const word = { true: true, false: false, 1: true, 0: false, on: true, off: false } as const;

/** Shapes that several services' variables have. Strings in, values out. */
export const variable = {
  port: (standard?: number) => withDefault(wholeNumber(0, 65_535, 'a port from 0 to 65535'), standard),
  integer: (min: number, max: number, standard?: number) =>
    withDefault(wholeNumber(min, max, `a whole number from ${min} to ${max}`), standard),
  flag: (standard: boolean) =>
    z
      .string()
      .transform((text) => text.toLowerCase())
      .refine((text) => text in word, 'is true or false')
      .transform((text) => word[text as keyof typeof word])
      .prefault(String(standard)),
  /** Absolute URL of one of these schemes, without a trailing slash. */
  url: (...schemes: string[]) =>
    z
      .string()
      .refine((text) => isUrl(text, schemes), `is a URL (${schemes.map((scheme) => `${scheme}://...`).join(' or ')})`)
      .transform((text) => text.replace(/\/+$/, '')),
  /** Comma separated, blanks trimmed, empty ones dropped. */
  list: () =>
    z
      .string()
      .prefault('')
      .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))),
  /** Comma separated URLs. */
  urls: (...schemes: string[]) =>
    variable
      .list()
      .refine((urls) => urls.every((url) => isUrl(url, schemes)), `is one or more URLs (${schemes.join(' or ')}), comma separated`),
  logLevel: () =>
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'is one of trace, debug, info, warn, error, fatal, silent')
      .prefault('info'),
};

function wholeNumber(min: number, max: number, what: string) {
  const fits = (text: string): boolean => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
  return z.string().refine(fits, `is ${what}`).transform(Number);
}

function withDefault<S extends z.ZodType<number, string>>(schema: S, standard: number | undefined) {
  return standard === undefined ? schema : (schema.prefault(String(standard) as z.input<S>) as unknown as S);
}

function isUrl(text: string, schemes: readonly string[]): boolean {
  const url = URL.parse(text);
  return url !== null && schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '';
}
