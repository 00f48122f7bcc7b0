/** The few things a store asks of a file system, so that tests can put a failing one underneath.
 *  Nothing is promised to survive a power cut but what `sync` (contents, length) and `syncFolder` (names) have confirmed. */
export interface Disk {
  /** Makes the folder and its parents; there already: fine. */
  makeFolder(folder: string): Promise<void>;
  /** Names of the files in a folder. */
  list(folder: string): Promise<string[]>;
  /** Opens for reading and writing. Rejects with code ENOENT when absent. */
  open(path: string): Promise<DiskFile>;
  /** Makes a new, empty file in place of what is there. */
  create(path: string): Promise<DiskFile>;
  /** Replaces what is at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Absent already: fine. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in this folder survive a power cut. */
  syncFolder(folder: string): Promise<void>;
  /** Keeps other writers out of the folder until released; one that died doesn't count. Rejects with `StoreUnavailable` naming the holder. */
  lock(folder: string): Promise<FolderLock>;
}
export interface DiskFile {
  size(): Promise<number>;
  /** Fills `into` from that position on; answers how many bytes there were. */
  read(into: Buffer, position: number): Promise<number>;
  /** May write less than asked; answers how much. */
  write(from: Buffer, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  /** Contents and length survive a power cut once this resolves. After a rejection nothing is known: never try again. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
export interface FolderLock {
  /** Throws `StoreUnavailable` when somebody else has the folder by now: the holder stood still so long that it was taken for dead. */
  check(): void;
  /** Resolves when that is noticed. */
  readonly lost: Promise<Error>;
  release(): Promise<void>;
}
