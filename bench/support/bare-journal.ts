import { fdatasync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

/** A file that lines are appended to, one fsync for all that wait. Each call resolves when its line is durable. */
export function openJournal(directory: string, name: string): (line: string) => Promise<void> {
  const file = openSync(join(directory, `${name}.jsonl`), 'a');
  let waiting: { line: string; done: () => void }[] = [];
  let flushing = false;
  const flush = async (): Promise<void> => {
    flushing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      writeSync(file, batch.map(({ line }) => line).join(''));
      await sync(file);
      for (const { done } of batch) done();
    }
    flushing = false;
  };
  return (line) =>
    new Promise((done) => {
      waiting.push({ line, done });
      if (!flushing) void flush();
    });
}
