export type { Disk, DiskFile, FolderLock } from './disk.ts';
export { nodeDisk } from './node-disk.ts';
export { replaceFile } from './replace-file.ts';
export { openJsonStore } from './store.ts';
export type { JsonStoreOptions } from './store.ts';
