import { StoreDamaged, StoreUnavailable } from '../documents/documents.ts';
import type { AddressVariables } from './http-server.ts';

/** What stands in the way of a start, in one line for the person who typed the command. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StoreDamaged) return wayBack(error.message);
  if (error instanceof StoreUnavailable && / is in use by /.test(error.message))
    return `${error.message}; end that one, or choose another folder with DATA_DIR`;
  const { variables } = error as { variables?: AddressVariables };
  return (variables && explainAddress(error, variables)) ?? explainFile(error) ?? error.message.split('\n', 1)[0]!;
}

function explainAddress(error: NodeJS.ErrnoException & { port?: number }, variables: AddressVariables): string | null {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${error.port} is in use by another program; end it or choose another one with ${variables.port}`;
    case 'EADDRNOTAVAIL':
      return `this machine does not have the address in ${variables.host}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no address is known for the name in ${variables.host}`;
    case 'EACCES':
      return `port ${error.port} needs more rights; choose one above 1023 with ${variables.port}`;
    default:
      return null;
  }
}

/** Where folders are read from; which one it was, the error does not say. */
export const folderVariables = 'DATA_DIR (for logs: LOG_DIR)';

function explainFile({ code, path, syscall }: NodeJS.ErrnoException): string | null {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `${path ?? 'DATA_DIR'} is closed to this user; give them the right to read and write it, or choose another folder with ${folderVariables}`;
    case 'EROFS':
      return `${path ?? 'DATA_DIR'} is on a disk that can not be written; make it writable, or choose another folder with ${folderVariables}`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path ?? 'DATA_DIR'} is not a folder; choose another one with ${folderVariables}`;
    case 'ENOSPC':
      return `the disk of ${path ?? 'DATA_DIR'} is full`;
    case 'ENOENT':
      return syscall === 'mkdir' ? `${path} can not be made; choose another folder with ${folderVariables}` : null;
    case 'EMFILE':
      return 'too many files are open for what this process may (ulimit -n); allow it more';
    default:
      return null;
  }
}

/** Files are restored all together: those of a folder only fit each other, and services know of each other's data. Where the damage itself says
 *  how nothing is lost, nothing older must be brought back. */
const wayBack = (damage: string): string =>
  /The way back|backup|start that version/.test(damage) ? damage : `${damage}; bring the folders of all services back from one backup`;
