import { multipart } from '../../e2e/support/upload.ts';
import type { Sent } from './exchange.ts';
import type { Operation } from './open-api.ts';

/** The documented example of an operation's body as it would be sent; {} where it takes none. */
export function exampleOf({ requestBody }: Operation): Pick<Sent, 'body' | 'headers'> {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (type === undefined) return {};
  if (type === 'multipart/form-data') {
    const { file, options } = media!.example as { file: string; options: unknown };
    const { raw, headers } = multipart(Buffer.from(file), options);
    return { body: raw, headers };
  }
  return jsonOf(media!.example);
}

export const jsonOf = (body: unknown): Pick<Sent, 'body' | 'headers'> => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
