/** How long after its `deaths`-th death in a row a process is started again: at once, as good as, and then ever slower. */
export const restartPauseMs = (deaths: number): number => Math.min(100 * 2 ** (deaths - 1), 5_000);

/** A process that was ready for so long has recovered: its next death is a first one. */
export const recoveredMs = 10_000;
