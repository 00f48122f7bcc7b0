import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import { writeAll } from './file-header.ts';

/** Puts a small file in place of the one at this path, if there is one. Durable when it resolves; a crash leaves the old one whole or the new one,
 *  and perhaps a `<path>.next`. After a rejection either can be there. One call at a time. */
export async function replaceFile(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.create(`${path}.next`);
  try {
    await writeAll(file, Buffer.from(text), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.syncFolder(dirname(path));
  await disk.rename(`${path}.next`, path);
  await disk.syncFolder(dirname(path));
}
