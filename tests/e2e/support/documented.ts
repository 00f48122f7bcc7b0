import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningSystem, temporaryFolder } from './launch.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Whether this machine has what the documents' commands use besides Node. */
export const canType = ['bash', 'curl'].every((program) => spawnSync(program, ['--version']).error === undefined);

/** One block of commands of a document, and what the document says that they print: JSON values, one after the other. */
interface Step {
  readonly commands: string;
  readonly printed: readonly unknown[];
}

/** The steps of a document, or of what is below one of its headings. */
export function stepsIn(document: string, heading?: string): readonly Step[] {
  const text = readFileSync(join(root, document), 'utf8');
  const from = heading === undefined ? 0 : text.indexOf(`\n## ${heading}\n`);
  if (from < 0) throw new Error(`${document} has no heading ${heading}`);
  const next = text.indexOf('\n## ', from + 1);
  const part = heading === undefined ? text : text.slice(from, next < 0 ? undefined : next);
  const blocks = [...part.matchAll(/```sh\n([^]*?)```\n(?:\n```json\n([^]*?)```\n)?/g)];
  return blocks.map(([, commands, printed = '']) => ({ commands: commands!, printed: valuesIn(printed) }));
}

/** Values as curl prints them: with or without space in between. */
export function valuesIn(text: string): unknown[] {
  const found: unknown[] = [];
  for (let rest = text.trim(); rest !== '';) {
    const ends = rest.startsWith('{')
      ? [...rest.matchAll(/\}/g)].map(({ index }) => index + 1)
      : [/^\S+?(?=\s|\{|$)/.exec(rest)![0].length];
    const end = ends.find((at) => isJson(rest.slice(0, at)));
    if (end === undefined) throw new Error(`no JSON: ${rest}`);
    found.push(JSON.parse(rest.slice(0, end)));
    rest = rest.slice(end).trim();
  }
  return found;
}
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether something is as a document shows it, where `…` at the end of a text stands for any end, as a last element for more of them,
 *  and as a name for further fields. */
export function isAsShown(shown: unknown, actual: unknown): boolean {
  if (typeof shown === 'string')
    return shown.endsWith('…') ? typeof actual === 'string' && actual.startsWith(shown.slice(0, -1)) : actual === shown;
  if (typeof shown !== 'object' || shown === null) return actual === shown;
  if (typeof actual !== 'object' || actual === null || Array.isArray(shown) !== Array.isArray(actual)) return false;
  const more = Array.isArray(shown) ? shown.length > 0 && shown.at(-1) === '…' : '…' in shown;
  const entries = Object.entries(shown).filter(([name, value]) => !(more && (name === '…' || (Array.isArray(shown) && value === '…'))));
  const all = more || entries.length === Object.keys(actual).length;
  return all && entries.every(([name, value]) => isAsShown(value, (actual as Record<string, unknown>)[name]));
}

/** A reader at work. */
interface Session {
  /** What each step has printed so far; of those that were begun. */
  printed(): readonly string[];
  /** Resolves when the last command is through; rejects where one failed. */
  readonly through: Promise<void>;
  /** Ctrl-C. */
  interrupt(): void;
}

const between = '\u001E';
const begun: Session[] = [];

/** Ends what is left of every session; call it after each test. A command that waits for something would wait for ever. */
export const hangUp = (): void => begun.splice(0).forEach((session) => session.interrupt());

/** Types the commands into a shell, in a folder where data lies as a reader has it, who has started the system by `npm start`. */
export async function typeIn({ url, dataDir }: RunningSystem, steps: readonly Step[]): Promise<Session> {
  const folder = await temporaryFolder();
  await symlink(dataDir, join(folder, 'data'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { host } = new URL(url);
  const script = steps.map(({ commands }) => `${commands.replaceAll('127.0.0.1:8080', host)}\nprintf '${between}'\n`).join('');
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  // a reader to whom it is tomorrow already, when nothing may be dated yet
  const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], { cwd: folder, env: { PATH, TZ: 'LATE-24' }, detached: true });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) shell[name].setEncoding('utf8').on('data', (text: string) => void (said[name] += text));
  const session: Session = {
    printed: () => said.stdout.split(between),
    through: ended(shell, said),
    interrupt: () => {
      // the whole group: the last command may go on without its shell
      if (shell.exitCode === null && shell.signalCode === null) process.kill(-shell.pid!, 'SIGINT');
    },
  };
  begun.push(session);
  return session;
}

async function ended(shell: ChildProcess, said: { stdout: string; stderr: string }): Promise<void> {
  const [code] = (await once(shell, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ended with ${code}: ${said.stderr}\n${said.stdout.slice(-2_000)}`);
}
