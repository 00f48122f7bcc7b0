import { type Clock, ConfigInvalid, type Environment, loadConfig } from '@commonpurse/shared/service';
import { readCommand, UsageError } from './command.ts';
import { OpsConfig } from './config.ts';
import { help } from './help.ts';
import { locateInstances } from './locate-instances.ts';
import { runCommand } from './run-command.ts';

export interface OperateDeps {
  readonly env: Environment;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The whole of a command, from its words to its exit code: 0 done, 1 not done (or not ready), 2 not understood. */
export async function operate(argv: readonly string[], { env, clock, print, complain }: OperateDeps): Promise<number> {
  try {
    const command = readCommand(argv);
    if (command.name === 'help') {
      print(help);
      return 0;
    }
    const located = await locateInstances(loadConfig(OpsConfig, env), clock);
    return (await runCommand({ located, clock, print }, command)) ? 0 : 1;
  } catch (error) {
    for (const line of error instanceof ConfigInvalid ? error.problems : [(error as Error).message]) complain(`commonpurse: ${line}`);
    if (!(error instanceof UsageError)) return 1;
    complain('commonpurse: npm run ops -- --help shows all commands');
    return 2;
  }
}
