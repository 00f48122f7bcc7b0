import { explain } from './explain.ts';
import { ConfigInvalid } from './load-config.ts';

/** Something that runs until it is told to end. */
export interface Program {
  /** Resolves when everything is ready. */
  start(): Promise<void>;
  /** Ends what is under way and closes everything. Once. */
  stop(): Promise<void>;
  /** Resolves when it can't go on: the process must end. */
  readonly failed: Promise<Error>;
}

/** What a program has of its process. */
export interface ProgramHost {
  on(event: string, listener: () => void): unknown;
  exit(code: number): void;
  /** Where a supervisor listens. */
  readonly send?: ((message: string) => unknown) | undefined;
  readonly stderr: { write(text: string): unknown };
}

/** However a stop goes, the process ends after this long. */
const stopMsMax = 9_500;

/** Opens and starts a program and ends its process: with 0 after a signal or the end of whoever started this process, with 1 and one line
 *  per reason when it can't be opened or can't go on. After the start `ready` is called, and a supervisor is told `ready`. */
export async function runProgram<P extends Program>(
  name: string,
  open: () => Promise<P>,
  ready: (program: P) => void = () => {},
  host: ProgramHost = process,
): Promise<void> {
  const say = (line: string): unknown => host.stderr.write(`${name}: ${line}\n`);
  const fail = (error: unknown): void => {
    for (const line of error instanceof ConfigInvalid ? error.problems : [explain(error)]) say(line);
    host.exit(1);
  };
  let program: P | null = null;
  let ending = false;
  const end = (code: number): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => host.exit(code || 1), stopMsMax).unref();
    // while it is opened there is nothing under way that a stop could finish
    void Promise.resolve(program?.stop()).then(() => host.exit(code), fail);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) host.on(event, () => end(0));
  try {
    program = await open();
    if (ending) return;
    void program.failed.then((error) => {
      say(error.message);
      end(1);
    });
    await program.start();
    if (ending) return;
    ready(program);
    host.send?.('ready');
  } catch (error) {
    if (!ending) fail(error);
  }
}
