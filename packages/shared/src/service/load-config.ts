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
export function loadConfig<S extends z.ZodObject>(schema: S, env: Environment): z.output<S> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) if (env[name]) given[name] = env[name];
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? 'environment');
    return `${name}: ${name in given || issue.path.length === 0 ? issue.message : missing(schema, name)}`;
  });
  throw new ConfigInvalid([...new Set(problems)]);
}

/** What a variable is for, where its schema says so, helps whoever has to set it. */
function missing(schema: z.ZodObject, name: string): string {
  const shape = schema.shape[name] as z.ZodType;
  const description = shape.description ?? (shape instanceof z.ZodPipe ? (shape.in as z.ZodType).description : undefined);
  return description === undefined ? 'is required' : `is required: ${description}`;
}

/** What a part refuses with `NODE_ENV=production`, by variable: whether its value is doubtful there. One that is absent is told to be required, so
 *  describe what it is for. Told together with everything else that is wrong, where zod would wait until nothing else is. */
export function refusingInProduction<S extends z.ZodObject>(
  schema: S,
  doubts: { readonly [name in string & keyof z.output<S>]?: (config: z.output<S>) => boolean },
): S {
  const told = { error: 'must not be off in production', when: () => true };
  const rules = Object.entries(doubts) as [string, (config: z.output<S>) => boolean][];
  return rules.reduce(
    (refined, [name, isDoubtful]) =>
      refined.refine((config) => config['NODE_ENV'] !== 'production' || !isDoubtful(config), { ...told, path: [name] }),
    schema,
  );
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigParts = Readonly<Record<string, z.ZodObject>>;
export type ConfigsOf<P extends ConfigParts> = { readonly [K in keyof P]: z.output<P[K]> };

/** Reads several parts out of one environment. Throws `ConfigInvalid` with the problems of all of them, a variable that several read once.
 *  @param excused variables that need not be there yet; a part that lacks one is left out */
export function loadParts<P extends ConfigParts>(parts: P, env: Environment, excused: readonly string[] = []): ConfigsOf<P> {
  const problems = new Map<string, string>();
  const configs: Record<string, unknown> = {};
  for (const [part, schema] of Object.entries(parts)) {
    try {
      configs[part] = loadConfig(schema, env);
    } catch (error) {
      if (!(error instanceof ConfigInvalid)) throw error;
      for (const problem of error.problems) {
        const name = problem.slice(0, problem.indexOf(':'));
        if (!problems.has(name) && !(excused.includes(name) && problem.startsWith(`${name}: is required`))) problems.set(name, problem);
      }
    }
  }
  if (problems.size > 0) throw new ConfigInvalid([...problems.values()]);
  return configs as ConfigsOf<P>;
}

const word = { true: true, false: false, 1: true, 0: false, on: true, off: false } as const;

/** Shapes that several services' variables have. Strings in, values out. */
export const variable = {
  port: (standard?: number) => withDefault(wholeNumber(0, 65_535, 'a port from 0 to 65535'), standard),
  integer: (min: number, max: number, standard?: number) =>
    withDefault(wholeNumber(min, max, `a whole number from ${min} to ${max}`), standard),
  flag: (standard: boolean) => variable.optionalFlag().prefault(String(standard)),
  /** For a flag that has two names, or whose absence means something else. */
  optionalFlag: () =>
    z
      .string()
      .transform((text) => text.toLowerCase())
      .refine((text) => text in word, 'is true or false')
      .transform((text) => word[text as keyof typeof word]),
  /** Absolute URL of one of these schemes, without a trailing slash. As it was understood: a parser overlooks blanks and line ends around it (a
   *  file with the variables that was written on Windows) and missing slashes, which would break every link that begins with it. */
  url: (...schemes: string[]) =>
    z
      .string()
      .refine((text) => isUrl(text, schemes), `is a URL (${schemes.map((scheme) => `${scheme}://...`).join(' or ')})`)
      .transform((text) => new URL(text).href.replace(/\/+$/, '')),
  /** Comma separated, blanks trimmed, empty ones dropped. */
  list: () =>
    z
      .string()
      .prefault('')
      .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))),
  /** Comma separated addresses of services, without a trailing slash: what is put behind one is a whole path. */
  urls: (...schemes: string[]) =>
    variable
      .list()
      .refine(
        (urls) => urls.every((url) => isUrl(url, schemes) && isRoot(new URL(url))),
        `is one or more URLs (${schemes.join(' or ')}) without a path, comma separated`,
      )
      .transform((urls) => urls.map((url) => new URL(url).origin)),
  /** A port, or `<host>:<port>`. */
  address: (host: string) =>
    z
      .string()
      .refine((text) => isPort(portOf(text)), 'is a port from 0 to 65535, or <host>:<port>')
      .transform((text) => ({ host: hostOf(text) || host, port: Number(portOf(text)) })),
  /** Exact origins of web pages, comma separated. */
  origins: () =>
    variable
      .list()
      .refine(
        (given) => given.every((text) => URL.parse(text)?.origin === text),
        'is exact origins such as https://app.example, comma separated',
      ),
  /** `RATE_LIMIT_AUTH`: failed logins a minute per account, which auth counts, and calls of open routes a minute per address, which the gateway
   *  counts; null: off. */
  authLimits: () =>
    z
      .string()
      .regex(/^(off|[1-9]\d{0,5},[1-9]\d{0,5})$/, 'is two numbers such as 10,60, or off')
      .prefault('10,60')
      .transform((text) => {
        if (text === 'off') return null;
        const [failuresPerMinute = 0, callsPerMinute = 0] = text.split(',').map(Number);
        return { failuresPerMinute, callsPerMinute };
      }),
  /** `MAX_UPLOAD_BYTES`: of one uploaded file; records refuses a larger one, and the gateway a larger body. */
  uploadBytes: () => variable.integer(1024, 1024 ** 3, 50 * 1024 ** 2),
  nodeEnv: () => z.enum(['development', 'test', 'production'], 'is one of development, test, production').prefault('development'),
  logLevel: () =>
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'is one of trace, debug, info, warn, error, fatal, silent')
      .prefault('info'),
};

const portOf = (text: string): string => text.slice(text.lastIndexOf(':') + 1);
const hostOf = (text: string): string => text.slice(0, Math.max(0, text.lastIndexOf(':'))).replaceAll(/[[\]]/g, '');
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

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

const isRoot = ({ href, origin }: URL): boolean => href === `${origin}/`;
