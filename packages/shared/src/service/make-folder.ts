import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a folder, and those above it that are not there yet, each with this mode. Rejects as `mkdir` does.
 *
 *  Node's own `recursive` goes on for ever where a file system says of every new name that it is not there (/proc, some network file systems). */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await mkdirUnlessThere(folder, mode);
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    await makeFolder(above, mode);
    await mkdirUnlessThere(folder, mode);
  }
}

async function mkdirUnlessThere(folder: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(folder).catch(() => null));
    if (!there || !there.isDirectory()) throw error;
  }
}
