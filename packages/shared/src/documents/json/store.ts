import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import type { CollectionDeclaration, Doc, Documents, DocumentStore } from '../documents.ts';
import { openCollection } from './collection.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './node-disk.ts';

export interface JsonStoreOptions {
  /** This service's own folder; made when absent. */
  readonly directory: string;
  readonly disk?: Disk;
  readonly clock: Clock;
  readonly log?: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Opens a folder of JSON files as one service's database. */
export async function openJsonStore(options: JsonStoreOptions): Promise<DocumentStore> {
  const disk = options.disk ?? nodeDisk;
  await disk.makeFolder(options.directory);
  const lock = await disk.lock(options.directory);
  const open = new Map<string, { documents: Documents<Doc>; close(): Promise<void> }>();
  const failure = Promise.withResolvers<Error>();
  let failed: Error | null = null;
  const fail = (error: Error): void => {
    failed ??= error;
    failure.resolve(error);
  };
  return {
    failed: failure.promise,
    health: async () => (failed ? failed.message : null),
    collection: async <T extends Doc>(declaration: CollectionDeclaration) => {
      if (open.has(declaration.name)) throw new Error(`${declaration.name} is open already`);
      const path = join(options.directory, `${declaration.name}.journal.jsonl`);
      const opened = await openCollection<T>({ declaration, path, disk, clock: options.clock, fail });
      await disk.syncFolder(options.directory);
      open.set(declaration.name, opened);
      return opened.documents;
    },
    close: async () => {
      for (const one of open.values()) await one.close();
      await lock.release();
    },
  };
}
