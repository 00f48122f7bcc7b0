import { StoreDamaged } from '../documents/documents.ts';

/** What stands in the way of a start, in one line for the person who typed the command. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StoreDamaged) return wayBack(error.message);
  const { code, path, port } = error as NodeJS.ErrnoException & { port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use by another program; end it or choose another one with PORT`;
    case 'EADDRNOTAVAIL':
      return 'this machine does not have the address in HOST';
    case 'EACCES':
    case 'EPERM':
      return port === undefined
        ? `${path ?? 'DATA_DIR'} is closed to this user; give them the right to read and write it, or choose another folder with DATA_DIR`
        : `port ${port} needs more rights; choose one above 1023 with PORT`;
    case 'EROFS':
      return `${path ?? 'DATA_DIR'} is on a disk that can not be written; make it writable, or choose another folder with DATA_DIR`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path ?? 'DATA_DIR'} is not a folder; choose another one with DATA_DIR`;
    case 'ENOSPC':
      return `the disk of ${path ?? 'DATA_DIR'} is full`;
    case 'EMFILE':
      return 'too many files are open for what this process may (ulimit -n); allow it more';
    default:
      return error.message.split('\n', 1)[0]!;
  }
}

/** Files are restored a folder at a time: those of one folder only fit each other. Where the damage itself says how nothing is lost, an older
 *  folder must not be brought back. */
const wayBack = (damage: string): string =>
  /The way back|backup|start that version/.test(damage) ? damage : `${damage}; bring its whole folder back from a backup`;
