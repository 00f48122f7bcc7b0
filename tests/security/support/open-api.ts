import { eventually } from '../../e2e/support/eventually.ts';
import { exchange } from './exchange.ts';

/** One operation of `/openapi.json`; the parts that are read here. */
export interface Operation {
  readonly method: string;
  /** With `{id}` where an id stands. */
  readonly path: string;
  /** No requirement: open to anyone. A scope: for a key that has it too. */
  readonly security: readonly { readonly bearer: readonly string[] }[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: Schema;
}
interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
}
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly example?: unknown;
}
export interface OpenApi {
  readonly operations: readonly Operation[];
  /** What a `$ref` stands for. */
  resolved(schema: Schema): Schema;
}

const methods = ['get', 'put', 'post', 'patch', 'delete'];

export const keyOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`;

export async function openApiAt(url: string): Promise<OpenApi> {
  // It is put together when it is first asked for, from services that may still be slow.
  const { body } = await eventually(
    () => exchange(url, 'GET', '/openapi.json'),
    ({ status }) => status === 200,
  );
  const paths = body.paths as Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  const operations = Object.entries(paths).flatMap(([path, each]) =>
    methods.flatMap((method) => {
      const operation = each[method];
      return operation === undefined ? [] : [{ ...operation, parameters: operation.parameters ?? [], method: method.toUpperCase(), path }];
    }),
  );
  const resolved = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : resolved(body.components.schemas[schema.$ref.split('/').at(-1)!] as Schema);
  return { operations, resolved };
}
