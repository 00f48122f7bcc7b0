import type { Disk } from '../documents/json/disk.ts';

/** All that a file holds. */
export async function readBytes(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.open(path);
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  return bytes;
}

/** Puts a file with these contents in place of what is there. */
export async function putBytes(disk: Disk, path: string, bytes: Buffer): Promise<void> {
  const file = await disk.create(path);
  await file.write(bytes, 0);
}
