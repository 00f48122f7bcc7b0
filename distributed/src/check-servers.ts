import { ConfigInvalid } from '@commonpurse/shared/service';

/** One server that must answer: the variable that names it, and how it is connected to once. */
interface ServerCheck {
  readonly variable: string;
  connect(): Promise<{ close(): Promise<void> }>;
}

/** Really connects to each server, once. Throws `ConfigInvalid` with a line for each that can't be used as it is. */
export async function checkServers(checks: readonly ServerCheck[]): Promise<void> {
  const problems = await Promise.all(checks.map(problemOf));
  const found = problems.filter((problem) => problem !== null);
  if (found.length > 0) throw new ConfigInvalid(found);
}

async function problemOf({ variable, connect }: ServerCheck): Promise<string | null> {
  try {
    await (await connect()).close();
    return null;
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
    return said.startsWith(variable) ? said : `${variable}: ${said}`;
  }
}
