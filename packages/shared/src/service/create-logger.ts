import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';

export interface LoggerOptions {
  readonly level: Level | 'silent';
  readonly name: string;
  /** Absent: stdout. Otherwise `<name>.<date>.<n>.log` in this folder, rotated by day and by 20 MB, 14 files kept. */
  readonly dir?: string;
}

const secrets =
  'password currentPassword newPassword passwordHash secret ticket recoveryCodes privateKey apiKey token accessToken refreshToken ' +
  'challengeToken internalKey encryptionKeys authorization Authorization cookie Cookie set-cookie';
const redacted = secrets.split(' ').flatMap((name) => ['', '*', '*.*'].map((prefix) => `${prefix}["${name}"]`));

/** JSON lines with `time`, `level`, `name`; secrets are cut out down to the third level, however they got there. */
export async function createLogger({ level, name, dir }: LoggerOptions): Promise<Logger> {
  const options = { level, name, redact: { paths: redacted, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime };
  // Written at once: what is kept back until the exit is tried for ever when nobody reads it any more, and the process never ends.
  if (dir === undefined) return pino(options, pino.destination({ fd: 1, sync: true }));
  return pino(options, await openFile(dir, name));
}

/** The security log: whatever the level of the other log is, it tells everything, unless all is to be silent. */
export const createSecurityLogger = async ({ level, ...place }: LoggerOptions): Promise<Logger> =>
  (await createLogger({ level: level === 'silent' ? level : 'info', ...place })).child({ stream: 'security' });

async function openFile(dir: string, name: string): Promise<DestinationStream> {
  await mkdir(dir, { recursive: true });
  // a tenth of a service's memory, where logs go to a folder at all
  const { default: openRollingFile } = await import('pino-roll');
  return openRollingFile({
    file: join(dir, name),
    extension: '.log',
    frequency: 'daily',
    dateFormat: 'yyyy-MM-dd',
    size: '20m',
    limit: { count: 14, removeOtherLogFiles: true },
  });
}
