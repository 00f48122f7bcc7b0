import type { Parsed } from './http-client.ts';

/** What a WebSocket is sent. */
export interface Frame {
  readonly type: string;
  readonly seq?: number;
  readonly at: string;
  readonly data: Parsed;
}
