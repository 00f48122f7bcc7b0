import type { JsonObject } from '@commonpurse/shared/documents';

/** A frame without a number: shown to who is connected, never kept, never repeated. */
export interface PassingFrame {
  readonly type: 'import.progress' | 'budget.progress' | 'presence';
  /** What it is about: of several that wait for a replay to end, only the newest about one thing is sent. */
  readonly about: string;
  readonly at: string;
  readonly data: JsonObject;
}
