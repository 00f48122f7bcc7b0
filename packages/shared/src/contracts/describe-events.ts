import { z } from 'zod';
import { type DeclaredEvent, declaredEvents } from './declared-events.ts';

interface Shape {
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Shape>>;
}

/** `docs/events.md`: what each event says and every field it carries, from the schemas that check it. Markdown. */
export function describeEvents(): string {
  const index = declaredEvents.map(({ type, source, description }) => `| [\`${type}\`](#${anchor(type)}) | ${source} | ${description} |`);
  return [...preface, '| Event | From | Tells |', '| --- | --- | --- |', ...index, ...declaredEvents.flatMap(chapter), ''].join('\n');
}

const preface = [
  '# Events',
  '',
  'Generated from `packages/shared/src/contracts` by `npm run docs`. Events are CloudEvents 1.0 in JSON: `id` is `<type>/<subject>/<version>`, `subject` the',
  "aggregate's id, `time` when it happened, with the extensions `version` (of the aggregate), `correlationid` (the request that caused it) and `actor` (who).",
  'They travel over the topic exchange `commonpurse.events` with their type as the routing key, at least once and in no promised order; the same events',
  'can be read again from each producer at `GET /internal/changes`. Instants are RFC 3339 in UTC with milliseconds; amounts whole minor units.',
  '',
];

const anchor = (type: string): string => type.replaceAll('.', '');

function chapter({ type, source, description, schema }: DeclaredEvent): string[] {
  const shape = z.toJSONSchema(schema) as Shape;
  const rows = fieldsOf(shape, '', shape.$defs ?? {}).map(([path, what]) => `| \`${path}\` | ${what} |`);
  return ['', `## ${type}`, '', `From ${source}. ${description}`, '', '| Field of `data` | Type |', '| --- | --- |', ...rows];
}

type Field = readonly [path: string, what: string];
type Definitions = Readonly<Record<string, Shape>>;

function fieldsOf(given: Shape, prefix: string, definitions: Definitions): Field[] {
  const shape = resolved(given, definitions);
  const variants = alternatives(shape, definitions);
  if (variants.length > 1) return merged(variants.flatMap((variant) => fieldsOf(variant, prefix, definitions)));
  const [only = shape] = variants;
  if (only.items) return fieldsOf(only.items, `${prefix}[]`, definitions);
  return Object.entries(only.properties ?? {}).flatMap(([name, part]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [[path, typeOf(part, definitions)] as const, ...fieldsOf(part, path, definitions)];
  });
}

/** A shape may name another one, alone or beside a description. */
const resolved = (shape: Shape, definitions: Definitions): Shape => {
  const name = shape.$ref?.split('/').at(-1) ?? shape.allOf?.[0]?.$ref?.split('/').at(-1);
  return name === undefined ? shape : definitions[name]!;
};
const alternatives = (shape: Shape, definitions: Definitions): Shape[] =>
  (shape.anyOf ?? shape.oneOf ?? []).map((each) => resolved(each, definitions)).filter(({ type }) => type !== 'null');

/** Each path once, with all that one variant or another says of it. */
function merged(fields: readonly Field[]): Field[] {
  const byPath = Map.groupBy(fields, ([path]) => path);
  return [...byPath].map(([path, said]) => [path, [...new Set(said.map(([, what]) => what))].join(' or ')]);
}

function typeOf(given: Shape, definitions: Definitions): string {
  const shape = resolved(given, definitions);
  const either = shape.anyOf ?? shape.oneOf;
  if (either) return [...new Set(either.map((each) => typeOf(each, definitions)))].join(' or ');
  if (shape.enum) return shape.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.format === 'date-time') return 'instant';
  if (shape.format === 'date') return 'date';
  if (shape.type === 'array') return `list of ${typeOf(shape.items ?? {}, definitions)}`;
  return [shape.type ?? 'any'].flat().join(' or ');
}
