export type { Disk, DiskFile } from './disk.ts';
export { nodeDisk } from './node-disk.ts';
export { replaceFile } from './replace-file.ts';
export { openJsonStore } from './store.ts';
