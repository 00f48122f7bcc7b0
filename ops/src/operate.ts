import { type Clock, ConfigInvalid, type Environment, loadConfig } from '@commonpurse/shared/service';
import { type Command, readCommand, UsageError } from './command.ts';
import { OpsConfig } from './config.ts';
import { help } from './help.ts';
import { findInstances, isAtRest, locateInstances } from './locate-instances.ts';
import { runCommand } from './run-command.ts';
import { startEmbedded } from './start-embedded.ts';

interface OperateDeps {
  readonly env: Environment;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The whole of a command, from its words to its exit code: 0 done, 1 not done (or not ready), 2 not understood. */
export async function operate(argv: readonly string[], deps: OperateDeps): Promise<number> {
  const { print, complain } = deps;
  try {
    const command = readCommand(argv);
    if (command.name === 'help') {
      print(help);
      return 0;
    }
    return (await runLocated(command, deps)) ? 0 : 1;
  } catch (error) {
    for (const line of error instanceof ConfigInvalid ? error.problems : [(error as Error).message]) complain(`commonpurse: ${line}`);
    if (!(error instanceof UsageError)) return 1;
    complain('commonpurse: npm run ops -- --help shows all commands');
    return 2;
  }
}

/** Where an embedded system is at rest it runs as long as the command does; how it is doing is asked of one that runs only. */
async function runLocated(command: Exclude<Command, { name: 'help' }>, { env, clock, print }: OperateDeps): Promise<boolean> {
  const config = loadConfig(OpsConfig, env);
  const woken = command.name !== 'status' && (await isAtRest(config)) ? await startEmbedded(config.DATA_DIR, env) : null;
  try {
    const relocate = () => findInstances(config, clock);
    return await runCommand({ located: await locateInstances(config, clock), relocate, clock, print }, command);
  } finally {
    await woken?.stop();
  }
}
