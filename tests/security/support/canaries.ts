import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Strings that stand nowhere but where they were put, by what they stand for. */
export interface Canaries {
  /** The one of this name; made at first. It is text that every field takes. */
  of(name: string): string;
  /** Something that came from elsewhere, such as a token. */
  keep(name: string, value: string): string;
  /** Which of them stand in a text, plainly or as base64 or percent-encoded. */
  in(text: string): readonly string[];
}

export function createCanaries(): Canaries {
  const known = new Map<string, string>();
  const keep = (name: string, value: string): string => {
    known.set(name, value);
    return value;
  };
  return {
    keep,
    of: (name) => known.get(name) ?? keep(name, `canary${randomBytes(8).toString('hex')}`),
    in: (text) => [...known].filter(([, value]) => spellings(value).some((spelling) => text.includes(spelling))).map(([name]) => name),
  };
}

/** As it is, in parts of an address, and as base64 shows it wherever it begins. */
function spellings(value: string): string[] {
  const encoded = [0, 1, 2].map((shift) => {
    const text = Buffer.from('x'.repeat(shift) + value).toString('base64');
    // the first and the last characters depend on what stands around it
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [value, encodeURIComponent(value), ...encoded, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))].filter(
    (text) => text.length >= 8,
  );
}

/** Every file below a folder, as text; what is renamed or removed meanwhile is passed over. @param except names of files and folders that are passed over */
export async function filesBelow(folder: string, except: readonly string[] = []): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter(({ name }) => !except.includes(name))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesBelow(path, except);
        const text = entry.isFile() ? await readFile(path, 'latin1').catch(unlessGone) : null;
        return text === null ? [] : [{ path, text }];
      }),
  );
  return found.flat();
}

function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error;
  return null;
}
