import type { CollectionPaths, FileHeader } from './file-header.ts';

export type Headers = { readonly [name in keyof CollectionPaths]: FileHeader | null };

/** What an operator can do about a collection that refuses to open. The snapshot before the present one is kept together with the journal
 *  that leads from it to the present one: those three hold everything, as long as they fit together. Otherwise only a backup helps, and only
 *  of all services together: what the others have heard of this one must not be newer than what it knows itself. */
export function wayBack(paths: CollectionPaths, headers: Headers, complaint: string): string {
  const bySnapshot = complaint.startsWith(`${paths.snapshot} `);
  if (bySnapshot && headers.journal && headers.journalBackup?.generation === headers.journal.generation - 1) {
    const kept = headers.journalBackup.generation;
    const journals = `${paths.journalBackup} and ${paths.journal}`;
    if (kept === 0) return `The way back: stop everything and move ${paths.snapshot} away; ${journals} hold everything.`;
    if (headers.snapshotBackup?.generation === kept) {
      return `The way back: stop everything, move ${paths.snapshot} away and rename ${paths.snapshotBackup} to it; with ${journals} it holds everything.`;
    }
  }
  return 'The way back: stop everything and bring the folders of all services back from one backup.';
}
