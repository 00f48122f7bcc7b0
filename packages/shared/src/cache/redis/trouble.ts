/** This server can't be used, and asking again would not change it: a wrong password, a server of another kind. One line for an operator. */
export class CacheRefused extends Error {
  override readonly name = 'CacheRefused';
}
/** It answered nothing in time. */
export class Silence extends Error {
  override readonly name = 'Silence';
  constructor(ms: number) {
    super(`did not answer within ${ms} ms`);
  }
}

export interface Trouble {
  /** Says what is wrong with the server; follows its name. */
  readonly line: string;
  /** Trying again would not help. */
  readonly lasting: boolean;
}

/** What the server says of itself, by how its error begins. */
const replies: readonly (readonly [start: RegExp, line: string])[] = [
  [/^(WRONGPASS|ERR invalid password|ERR invalid username-password)/i, 'refuses the user name or password'],
  [/^(NOAUTH|ERR operation not permitted)/i, 'wants a user name or password'],
  [/^NOPERM/, 'does not let this user run the commands that are needed'],
  [/DB index is out of range|invalid DB index/i, 'has no database of that number'],
];
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: nothing listens there',
  ECONNRESET: 'closes the connection',
  EPIPE: 'closes the connection',
  ETIMEDOUT: 'can not be reached: no answer to a connection',
  ENOTFOUND: 'can not be found: there is no host of that name',
  EAI_AGAIN: 'can not be found: names are not resolved at the moment',
  EHOSTUNREACH: 'can not be reached: no way to that host',
  ENETUNREACH: 'can not be reached: no way to that network',
};

const clientsWords: readonly (readonly [start: RegExp, line: string])[] = [
  [/^Connection is closed|^Reached the max retries|^Stream isn't writeable/, 'closes the connection'],
  [/^Command timed out/, 'accepts a connection and answers nothing'],
];

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return { line: String(error), lasting: false };
  if (error instanceof CacheRefused) return { line: error.message, lasting: true };
  const reply = replies.find(([start]) => start.test(error.message));
  if (reply !== undefined) return { line: reply[1], lasting: true };
  // The parser's own words for bytes that are none of Redis's.
  if (/^Protocol error|Please report this\.$/.test(error.message)) return { line: 'does not speak the protocol of Redis', lasting: true };
  const code = codes[(error as NodeJS.ErrnoException).code ?? ''];
  if (code !== undefined) return { line: code, lasting: false };
  const known = clientsWords.find(([start]) => start.test(error.message));
  if (known !== undefined) return { line: known[1], lasting: false };
  return { line: error.message.split('\n', 1)[0]!, lasting: false };
}
