/** The package comes without types; these are the options we use. */
declare module 'pino-roll' {
  import type { DestinationStream } from 'pino';

  export interface RollOptions {
    readonly file: string;
    readonly extension: string;
    readonly frequency: 'daily' | 'hourly' | number;
    readonly dateFormat: string;
    readonly size: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
  }
  export default function openRollingFile(options: RollOptions): Promise<DestinationStream & { end(): void }>;
}
