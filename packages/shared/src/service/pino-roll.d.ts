/** The package comes without types; these are the options we use. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';
  import type { DestinationStream } from 'pino';

  export interface RollOptions {
    readonly file: string;
    readonly extension: string;
    readonly frequency: 'daily' | 'hourly' | number;
    readonly dateFormat: string;
    readonly size: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly maxLength: number;
    readonly mode: number;
  }
  /** Emits `ready` when it is open, `drain` when everything is written, `error` for what can't be. */
  export type RollingFile = DestinationStream & EventEmitter;
  export default function openRollingFile(options: RollOptions): Promise<RollingFile>;
}
