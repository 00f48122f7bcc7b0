/** What a running system says of one person's money, as far as one part of it must agree with another. */
export interface Facts {
  readonly userId: string;
  /** Living ones of their own. */
  readonly records: readonly RecordFact[];
  readonly budgets: readonly BudgetFact[];
  readonly alerts: readonly AlertFact[];
  readonly feed: FeedFact;
  readonly imports: readonly ImportFact[];
}
export interface RecordFact {
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly description: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly date: string;
  readonly category: string | null;
  readonly base: { readonly amount: string; readonly currency: string } | null;
  /** Of a transfer: what it moves. */
  readonly entries: readonly { readonly amount: string; readonly currency: string }[];
  /** Newest first; null where it was not read. */
  readonly history: readonly HistoryFact[] | null;
}
export interface HistoryFact {
  readonly version: number;
  /** Of an imported row, the import's id. */
  readonly requestId: string;
}
export interface BudgetFact {
  readonly id: string;
  readonly currency: string;
  readonly categories: readonly string[];
  readonly thresholds: readonly number[];
  /** Each that holds an expense, once. */
  readonly periods: readonly PeriodFact[];
}
export interface PeriodFact {
  readonly start: string;
  readonly end: string;
  readonly available: string;
  readonly spent: string;
  readonly byCategory: readonly { readonly category: string; readonly spent: string }[];
  readonly missingRates: readonly { readonly currency: string; readonly count: number }[];
}
/** An alert in the inbox. */
interface AlertFact {
  readonly budgetId: string;
  readonly thresholdPercent: number;
  readonly start: string;
}
/** The numbered frames that a WebSocket gets from the beginning. */
export interface FeedFact {
  readonly lastSeq: number;
  /** false: what is oldest is not kept any more. */
  readonly whole: boolean;
  readonly frames: readonly { readonly seq: number; readonly type: string; readonly id: string | null; readonly version: number | null }[];
}
export interface ImportFact {
  readonly id: string;
  readonly status: string;
  readonly dryRun: boolean;
  readonly rows: {
    readonly total: number;
    readonly imported: number;
    readonly skipped: number;
    readonly duplicate: number;
    readonly failed: number;
  };
}
